//! The table's stream, read through its API: the SDK has a crate of its own for it, which nothing else here needs.

use std::{collections::VecDeque, time::Duration};

use aws::store::feed;
use aws_lambda_events::dynamodb::EventRecord;
use cloud::{Account, sdk};
use ports::store::Change;
use serde_json::{Value as Json, json};
use tests::{
    emulator::REGION,
    http::{Client, Request},
};

/// Between two looks at a stream in which nothing came.
const PAUSE: Duration = Duration::from_millis(100);

/// From its beginning on, all shards in turn.
#[derive(Debug)]
pub(super) struct Stream {
    client: Client,
    account: String,
    iterators: VecDeque<String>,
}

impl Stream {
    pub(super) async fn of(account: &Account, table: &str) -> Self {
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk::config(account));
        let table = dynamodb.describe_table().table_name(table).send().await.unwrap().table.unwrap();
        let arn = table.latest_stream_arn.unwrap();
        let mut stream = Self {
            client: Client::new(&account.endpoint),
            account: account.id.clone(),
            iterators: VecDeque::new(),
        };
        let described = stream.call("DescribeStream", json!({ "StreamArn": arn })).await;
        for shard in described["StreamDescription"]["Shards"].as_array().unwrap() {
            let from = json!({
                "StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"
            });
            let iterator = stream.call("GetShardIterator", from).await;
            stream.iterators.push_back(iterator["ShardIterator"].as_str().unwrap().to_owned());
        }
        stream
    }

    /// What came; nothing after a while.
    pub(super) async fn next(&mut self) -> Vec<Change> {
        let iterator = self.iterators.pop_front().expect("a table's shards do not end here");
        let got = self.call("GetRecords", json!({ "ShardIterator": iterator })).await;
        self.iterators.push_back(got["NextShardIterator"].as_str().unwrap().to_owned());
        let records: Vec<EventRecord> = serde_json::from_value(got["Records"].clone()).unwrap();
        if records.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        records.into_iter().map(|record| feed::change(record).unwrap()).collect()
    }

    async fn call(&self, name: &str, body: Json) -> Json {
        let credential = format!("{}/20260101/{REGION}/dynamodb/aws4_request", self.account);
        let signed = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0");
        let request = Request::post("/")
            .header("X-Amz-Target", &format!("DynamoDBStreams_20120810.{name}"))
            .header("Authorization", &signed)
            .body("application/x-amz-json-1.0", body.to_string());
        let client = self.client.clone();
        let answer = tokio::task::spawn_blocking(move || client.send(&request).expect(200).text());
        serde_json::from_str(&answer.await.unwrap()).unwrap()
    }
}
