//! Messages of queues.

use std::{collections::BTreeSet, fmt::Write as _};

use cloud::{queue, sdk};
use serde_json::{Value as Json, json};

use super::Site;

async fn received(client: &aws_sdk_sqs::Client, url: &str, count: usize) -> BTreeSet<String> {
    let mut bodies = BTreeSet::new();
    while bodies.len() < count {
        let receive = client.receive_message().queue_url(url).max_number_of_messages(10);
        let messages = receive.wait_time_seconds(10).send().await.unwrap().messages.unwrap_or_default();
        assert!(!messages.is_empty(), "only {bodies:?} came");
        bodies.extend(messages.into_iter().filter_map(|it| it.body));
    }
    bodies
}

#[tokio::test]
async fn messages_are_published_from_properties_and_files() {
    let site = Site::new();
    let client = aws_sdk_sqs::Client::new(&sdk::config(&site.account));
    let url = queue::make(&client).await.work;
    let publish = |from: Json| site.task("sqs.Publish", json!({"queueUrl": url, "from": from}));

    let ended =
        site.run(vec![publish(json!([{"data": "one"}, {"data": {"two": 2}, "delaySeconds": 0}]))]).await;
    assert_eq!(ended.outputs("Publish")["messagesCount"], 2);
    assert_eq!(ended.metrics("Publish"), ["sqs.publish.messages=2"]);
    assert_eq!(
        received(&client, &url, 2).await,
        BTreeSet::from(["one".to_owned(), "{\"two\":2}".to_owned()])
    );

    let ended = site.run(vec![publish(json!({"data": "three"}))]).await;
    assert_eq!(ended.outputs("Publish")["messagesCount"], 1);
    assert_eq!(received(&client, &url, 1).await, BTreeSet::from(["three".to_owned()]));

    // More than a call takes, as JSON and as ION.
    let mut lines = "{data: \"ion\"}\n".to_owned();
    for line in 0..21 {
        writeln!(lines, "{{\"data\": \"line {line}\"}}").unwrap();
    }
    let write = json!({"id": "file", "type": "io.kestra.plugin.core.storage.Write", "content": lines});
    let ended = site.run(vec![write, publish(json!("{{ outputs.file.uri }}"))]).await;
    assert_eq!(ended.outputs("Publish")["messagesCount"], 22);
    assert!(received(&client, &url, 22).await.contains("ion"));
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let site = Site::new();
    let client = aws_sdk_sqs::Client::new(&sdk::config(&site.account));
    let url = queue::make(&client).await.work;
    let failures = [
        (json!({"queueUrl": format!("{url}-none"), "from": {"data": "a"}}), "NonExistentQueue"),
        (json!({"queueUrl": url, "from": {"body": "a"}}), "`data` must not be null"),
        (json!({"queueUrl": url, "from": {"data": "a", "delay": 1}}), "an entry has no field `delay`"),
        (
            json!({"queueUrl": url, "from": "hello"}),
            "`from` must be a map, a list of maps, or the URI of a file",
        ),
    ];
    for (properties, message) in failures {
        let ended = site.one("sqs.Publish", properties.clone()).await;
        let failure = ended.failure().unwrap_or("nothing");
        assert!(failure.contains(message), "{properties}: {failure}");
    }
}
