//! The proxy itself: what it does to calls is what it says.

use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use cloud::{
    account, bucket,
    proxy::{Climate, Fate, Proxy},
    sdk, table,
};
use tests::{chance::Chance, emulator::Account};

fn once(account: &Account) -> aws_sdk_dynamodb::Client {
    let config = sdk::config(account).into_builder().retry_config(aws_config::retry::RetryConfig::disabled());
    aws_sdk_dynamodb::Client::new(&config.build())
}

/// Counts one up through a proxy that does this to every call; gives what it came to, and the error's code if any.
async fn counted(climate: Climate) -> (usize, Option<String>, Proxy) {
    let account = account();
    let direct = once(&account);
    table::make(&direct).await;
    let proxy = Proxy::before(&account, climate, Chance::new(1)).await;
    let client = once(&proxy.account(&account));
    let key = |part: &str| aws_sdk_dynamodb::types::AttributeValue::S(part.to_owned());
    let add = client.update_item().table_name(table::NAME).key("pk", key("a")).key("sk", key("b"));
    let one = aws_sdk_dynamodb::types::AttributeValue::N("1".to_owned());
    let sent = add.update_expression("ADD v :one").expression_attribute_values(":one", one).send().await;
    let get = direct.get_item().table_name(table::NAME).key("pk", key("a")).key("sk", key("b"));
    let item = get.consistent_read(true).send().await.unwrap().item;
    let count = item.map_or(0, |item| item["v"].as_n().unwrap().parse().unwrap());
    let trouble = sent.err().map(|error| error.code().unwrap_or("none").to_owned());
    (count, trouble, proxy)
}

#[tokio::test]
async fn each_fate_is_what_its_name_says() {
    let calm = Climate::CALM;
    let none = || Some("none".to_owned());
    for (climate, fate, expected) in [
        (calm, Fate::Passed, (1, None)),
        (Climate { delayed: 1_000, delay: Duration::from_millis(50), ..calm }, Fate::Delayed, (1, None)),
        (Climate { dropped: 1_000, ..calm }, Fate::Dropped, (0, none())),
        (Climate { unanswered: 1_000, ..calm }, Fate::Unanswered, (1, none())),
        (Climate { repeated: 1_000, ..calm }, Fate::Repeated, (2, None)),
        (Climate { broken: 1_000, ..calm }, Fate::Broken, (0, none())),
    ] {
        let (count, trouble, proxy) = counted(climate).await;
        assert_eq!((count, trouble), expected, "{fate:?}");
        assert_eq!(proxy.counts().of(fate), proxy.counts().calls());
        assert!(proxy.counts().calls() >= 1);
    }
    let (count, trouble, _) = counted(Climate { throttled: 1_000, ..calm }).await;
    assert_eq!(count, 0);
    let trouble = trouble.unwrap();
    assert!(
        matches!(&*trouble, "ThrottlingException" | "ProvisionedThroughputExceededException"),
        "{trouble}"
    );
}

#[tokio::test]
async fn bodies_pass_unchanged() {
    let account = account();
    let proxy = Proxy::before(&account, Climate::CALM, Chance::new(1)).await;
    let client = aws_sdk_s3::Client::new(&sdk::config(&proxy.account(&account)));
    let bucket = bucket::make(&client, &account).await;
    let body: Vec<u8> = (0..3_000_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
    client.put_object().bucket(&bucket).key("a").body(body.clone().into()).send().await.unwrap();
    let got = client.get_object().bucket(&bucket).key("a").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), body);
}
