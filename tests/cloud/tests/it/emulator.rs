//! What the other tests rely on in the emulator.

use aws_sdk_dynamodb::types::TableStatus;
use cloud::{account, bucket, queue, sdk, table};

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    for account in [account(), account()] {
        let config = sdk::config(&account);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        assert_eq!(dynamodb.list_tables().send().await.unwrap().table_names, Some(vec![]));
        let name = table::make(&dynamodb).await;
        let described = dynamodb.describe_table().table_name(name).send().await.unwrap().table.unwrap();
        assert_eq!(described.table_status, Some(TableStatus::Active));
        assert!(described.latest_stream_arn.is_some());
        let urls = queue::make(&aws_sdk_sqs::Client::new(&config)).await;
        assert!(urls.work.contains(&account.id) && urls.dead.contains(&account.id), "{urls:?}");
        let s3 = aws_sdk_s3::Client::new(&config);
        let bucket = bucket::make(&s3, &account).await;
        s3.head_bucket().bucket(bucket).send().await.unwrap();
    }
}
