//! Messages of topics.

use cloud::{queue, sdk};
use serde_json::{Value as Json, json};
use tests::aws::{Aws, Service};

use super::Site;

/// A topic whose messages go to a queue; its ARN, and the queue's URL.
async fn topic(site: &Site) -> (String, String) {
    let client = aws_sdk_sqs::Client::new(&sdk::config(&site.account));
    let url = queue::make(&client).await.work;
    let account = site.account.clone();
    let made = move || {
        let aws = Aws::of(&account);
        let (id, queue) = (account.id.clone(), "roundtrip-work");
        let topic = format!("arn:aws:sns:us-east-1:{id}:topic");
        aws.query("sns", &[("Action", "CreateTopic"), ("Name", "topic")]);
        let queue = format!("arn:aws:sqs:us-east-1:{id}:{queue}");
        let subscribe = [("TopicArn", topic.as_str()), ("Protocol", "sqs"), ("Endpoint", queue.as_str())];
        aws.query("sns", &[&[("Action", "Subscribe")], &subscribe[..]].concat());
        topic
    };
    (tokio::task::spawn_blocking(made).await.unwrap(), url)
}

/// What has come, of the bodies that SNS makes.
async fn received(site: &Site, url: &str, count: usize) -> Vec<Json> {
    let (account, url) = (site.account.clone(), url.to_owned());
    let receive = move || {
        let mut all = Vec::new();
        while all.len() < count {
            let asked = json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 10});
            let answer = Aws::of(&account).call(Service::Sqs, "ReceiveMessage", &asked);
            let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
            assert!(!messages.is_empty(), "only {all:?} came");
            let bodies =
                messages.iter().map(|it| serde_json::from_str(it["Body"].as_str().unwrap()).unwrap());
            all.extend(bodies.collect::<Vec<Json>>());
        }
        all
    };
    tokio::task::spawn_blocking(receive).await.unwrap()
}

#[tokio::test]
async fn messages_reach_who_subscribes() {
    let site = Site::new();
    let (topic, url) = topic(&site).await;
    let from = json!([{"data": "Hello", "subject": "Kestra"}, {"data": {"a": 1}}]);
    let ended = site.one("sns.Publish", json!({"topicArn": topic, "from": from})).await;
    assert_eq!(ended.outputs("Publish")["messagesCount"], 2);
    let came = received(&site, &url, 2).await;
    let hello = came.iter().find(|it| it["Message"] == "Hello").unwrap();
    assert_eq!(hello["Subject"], "Kestra");
    assert!(came.iter().any(|it| it["Message"] == "{\"a\":1}"), "{came:?}");
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let site = Site::new();
    let nowhere = format!("arn:aws:sns:us-east-1:{}:nothing", site.account.id);
    let failures = [
        (json!({"topicArn": nowhere, "from": {"data": "a"}}), "NotFound: "),
        (json!({"topicArn": nowhere, "from": {"subject": "a"}}), "`data` must not be null"),
    ];
    for (properties, message) in failures {
        let ended = site.one("sns.Publish", properties.clone()).await;
        let failure = ended.failure().unwrap_or("nothing");
        assert!(failure.starts_with(message), "{properties}: {failure}");
    }
}
