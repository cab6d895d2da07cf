//! A deployment without its functions: everything they find in their environment.

use std::collections::BTreeMap;

use aws::{Environment, Home};
use tests::emulator::Account;

use crate::{bucket, queue, sdk, table};

/// How names of reply queues start.
pub const REPLY_PREFIX: &str = "roundtrip-reply-";

/// Makes the table, the queues and the bucket, and opens them.
pub async fn home(account: &Account) -> Home {
    open(account, &environment(account).await)
}

/// Makes the table, the queues and the bucket.
pub async fn environment(account: &Account) -> Environment {
    let config = sdk::config(account);
    let (dynamodb, sqs) = (aws_sdk_dynamodb::Client::new(&config), aws_sdk_sqs::Client::new(&config));
    let s3 = aws_sdk_s3::Client::new(&config);
    let table = Box::pin(table::make(&dynamodb));
    let queue = Box::pin(queue::make(&sqs));
    let bucket = Box::pin(bucket::make(&s3, account));
    let (table, queue, bucket) = tokio::join!(table, queue, bucket);
    Environment {
        table: table.to_owned(),
        bucket,
        queue_url: queue.work,
        group_queues: BTreeMap::new(),
        reply_prefix: REPLY_PREFIX.to_owned(),
        url: None,
        log: "debug".to_owned(),
        stage: "test".to_owned(),
        secrets: None,
    }
}

/// One more process of the same deployment.
pub fn open(account: &Account, environment: &Environment) -> Home {
    Home::over(&sdk::config(account), environment).expect("the region is known")
}
