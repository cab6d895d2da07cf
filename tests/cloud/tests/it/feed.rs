//! The table's stream, as the emulator writes it.

use std::{collections::BTreeMap, time::Duration};

use aws::store::{Store, create_table, feed};
use aws_lambda_events::dynamodb::EventRecord;
use aws_sdk_dynamodb::Client;
use cloud::{account, sdk};
use engine::time::Timestamp;
use ports::store::{Change, Condition, Content, Entry, Key, Store as _, Version, Write};
use serde_json::{Value as Json, json};
use tests::{
    emulator::{Account, REGION},
    http::{self, Request},
};

const TABLE: &str = "items";
/// How long the stream may lag.
const LAG_MAX: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_stream_tells_each_change_of_an_item_in_order() {
    let account = account();
    let client = Client::new(&sdk::config(&account));
    create_table(&client, TABLE).await.unwrap();
    let store = Store::new(client.clone(), TABLE.to_owned());
    let (one, two) = (key("one"), key("two"));
    let first = Content {
        body: vec![0, 255, 128].into(),
        wake_at: Some(Timestamp::from_millis(1_720_761_222_140)),
        entry: Some(Entry { list: "l/m".to_owned(), place: "é".to_owned(), summary: vec![254].into() }),
        expires_at: None,
    };
    let last = Content { expires_at: Some(Timestamp::from_millis(4_102_444_800_000)), ..plain("last") };
    let commits = [
        vec![put(&one, Condition::Absent, &first), put(&two, Condition::None, &plain("only"))],
        vec![put(&one, Condition::None, &Content::default())],
        vec![put(&one, Condition::Version(Version(2)), &last)],
        vec![Write::Delete { key: one.clone(), condition: Condition::None }],
        vec![put(&one, Condition::Absent, &plain("again"))],
    ];
    for writes in commits {
        store.commit(writes).await.unwrap();
    }
    let told = |key: &Key, version, content| Change { key: key.clone(), version: Version(version), content };
    let expected = BTreeMap::from([
        (
            one.clone(),
            vec![
                told(&one, 1, Some(first)),
                told(&one, 2, Some(Content::default())),
                told(&one, 3, Some(plain("last"))),
                told(&one, 3, None),
                told(&one, 1, Some(plain("again"))),
            ],
        ),
        (two.clone(), vec![told(&two, 1, Some(plain("only")))]),
    ]);
    let description = client.describe_table().table_name(TABLE).send().await.unwrap();
    let stream = description.table.unwrap().latest_stream_arn.unwrap();
    let begun = tokio::time::Instant::now();
    loop {
        let mut found: BTreeMap<Key, Vec<Change>> = BTreeMap::new();
        for record in records(&account, &stream) {
            let change = feed::change(record).unwrap();
            found.entry(change.key.clone()).or_default().push(change);
        }
        if found == expected {
            break;
        }
        assert!(begun.elapsed() < LAG_MAX, "{found:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn key(sort: &str) -> Key {
    Key { partition: "main/execution/1".to_owned(), sort: sort.to_owned() }
}

fn plain(body: &'static str) -> Content {
    Content { body: body.into(), ..Content::default() }
}

fn put(key: &Key, condition: Condition, content: &Content) -> Write {
    Write::Put { key: key.clone(), condition, content: content.clone() }
}

/// What one page of each shard has, from the start. A record of this API is one that a function gets.
fn records(account: &Account, stream: &str) -> Vec<EventRecord> {
    let description = ask(account, "DescribeStream", &json!({ "StreamArn": stream }));
    let shards = description["StreamDescription"]["Shards"].as_array().unwrap().clone();
    let of_shard = |shard: Json| {
        let place = json!({
            "StreamArn": stream, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"
        });
        let iterator = ask(account, "GetShardIterator", &place);
        let page = ask(account, "GetRecords", &json!({ "ShardIterator": iterator["ShardIterator"] }));
        serde_json::from_value::<Vec<EventRecord>>(page["Records"].clone()).unwrap()
    };
    shards.into_iter().flat_map(of_shard).collect()
}

/// The emulator looks at who asks, not at the signature; so the SDK's client for streams is not needed.
fn ask(account: &Account, action: &str, body: &Json) -> Json {
    let signature = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/{REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
        account.id
    );
    let request = Request::post("/")
        .header("X-Amz-Target", &format!("DynamoDBStreams_20120810.{action}"))
        .header("Authorization", &signature)
        .body("application/x-amz-json-1.0", body.to_string());
    let response = http::Client::new(&account.endpoint).send(&request);
    assert_eq!(response.status, 200, "{action}: {}", response.text());
    serde_json::from_str(&response.text()).unwrap()
}
