//! Objects.

use serde_json::{Value as Json, json};

use super::{Ended, Site};
use cloud::{bucket, sdk};

const WRITE: &str = "io.kestra.plugin.core.storage.Write";

async fn site() -> (Site, aws_sdk_s3::Client, String) {
    let site = Site::new();
    let client = aws_sdk_s3::Client::new(&sdk::config(&site.account));
    let bucket = bucket::make(&client, &site.account).await;
    (site, client, bucket)
}

fn write(id: &str, content: &str) -> Json {
    json!({"id": id, "type": WRITE, "content": content, "extension": ".txt"})
}

async fn keys(client: &aws_sdk_s3::Client, bucket: &str) -> Vec<String> {
    let listed = client.list_objects_v2().bucket(bucket).send().await.unwrap();
    listed.contents().iter().map(|it| it.key().unwrap().to_owned()).collect()
}

fn keys_of(ended: &Ended, task: &str) -> Vec<String> {
    let objects = ended.outputs(task)["objects"].as_array().unwrap();
    objects.iter().map(|it| it["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_file_goes_there_and_back() {
    let (site, client, bucket) = site().await;
    let key = "a dir/ü+&.txt";
    let upload = json!({
        "bucket": bucket, "key": key, "from": "{{ outputs.file.uri }}", "contentType": "text/plain",
        "metadata": {"who": "me"}, "storageClass": "STANDARD", "tagging": {"a": "b c"},
    });
    let download = json!({"bucket": bucket, "key": key});
    let tasks = [write("file", "hello"), site.task("s3.Upload", upload), site.task("s3.Download", download)];
    let ended = site.run(tasks.to_vec()).await;
    let uploaded = ended.outputs("Upload");
    assert_eq!((&uploaded["bucket"], &uploaded["key"]), (&json!(bucket), &json!(key)));
    assert_eq!(ended.metrics("Upload"), ["file.count=1", "file.size=5"]);
    let downloaded = ended.outputs("Download");
    assert_eq!(uploaded["eTag"], downloaded["eTag"]);
    assert_eq!(downloaded["contentLength"], 5);
    assert_eq!(downloaded["contentType"], "text/plain");
    assert_eq!(downloaded["metadata"], json!({"who": "me"}));
    assert!(downloaded["uri"].as_str().unwrap().ends_with("/%C3%BC%2B%26.txt"), "{downloaded:?}");
    assert_eq!(site.content(&downloaded["uri"]).await, b"hello");
    assert_eq!(ended.metrics("Download"), ["file.size=5"]);
    let tags = client.get_object_tagging().bucket(&bucket).key(key).send().await.unwrap();
    assert_eq!((tags.tag_set()[0].key(), tags.tag_set()[0].value()), ("a", "b c"));
}

#[tokio::test]
async fn a_large_file_goes_in_parts() {
    let (site, client, bucket) = site().await;
    let whole: String = "0123456789abcde\n".repeat(750_000);
    let from =
        json!({"bucket": bucket, "key": "in", "from": "{{ outputs.file.uri }}", "compatibilityMode": true});
    client
        .put_object()
        .bucket(&bucket)
        .key("whole")
        .body(whole.clone().into_bytes().into())
        .send()
        .await
        .unwrap();
    let tasks = [
        site.task("s3.Download", json!({"id": "file", "bucket": bucket, "key": "whole"})),
        site.task("s3.Upload", from),
        site.task("s3.Download", json!({"bucket": bucket, "key": "in"})),
    ];
    let ended = site.run(tasks.to_vec()).await;
    let tag = ended.outputs("Upload")["eTag"].as_str().unwrap();
    assert!(tag.trim_matches('"').ends_with("-2"), "{tag} is of two parts");
    assert_eq!(ended.metrics("Upload"), ["file.count=1", "file.size=12000000"]);
    assert!(site.content(&ended.outputs("Download")["uri"]).await == whole.as_bytes());
}

#[tokio::test]
async fn some_are_listed_and_downloaded_and_then_moved_or_gone() {
    let (site, client, bucket) = site().await;
    let upload = json!({"bucket": bucket, "key": "in/", "from": {"a.csv": "{{ outputs.a.uri }}", "b.txt": "{{ outputs.b.uri }}", "c.csv": "{{ outputs.a.uri }}"}});
    let tasks = vec![write("a", "1"), write("b", "22"), site.task("s3.Upload", upload)];
    let files = site.run(tasks).await.outputs("Upload")["files"].clone();
    assert_eq!(files["b.txt"]["contentLength"], 2);
    assert_eq!(keys(&client, &bucket).await, ["in/a.csv", "in/b.txt", "in/c.csv"]);

    let listed = site.one("s3.List", json!({"bucket": bucket, "regexp": ".*\\.csv", "maxFiles": 1})).await;
    assert_eq!(keys_of(&listed, "List"), ["in/a.csv"]);
    assert_eq!(listed.outputs("List")["objects"][0]["size"], 1);
    assert_eq!(listed.metrics("List"), ["s3.objects.count=2"]);
    let warning = &listed.0.logs.iter().find(|line| line.message.starts_with("Listing")).unwrap().message;
    assert_eq!(
        warning,
        "Listing returned 2 files but maxFiles limit is 1. Only the first 1 files will be returned. Increase the \
         maxFiles property if you need more files."
    );

    let some = json!({"bucket": bucket, "prefix": "in/", "regexp": ".*\\.csv"});
    let ended = site.one("s3.Download", some).await;
    let file = &ended.outputs("Download")["files"]["in/c.csv"];
    assert_eq!(site.content(&file["uri"]).await, b"1");

    let moved = json!({
        "bucket": bucket, "prefix": "in/", "regexp": ".*\\.csv", "action": "MOVE",
        "moveTo": {"bucket": bucket, "key": "done"},
    });
    let ended = site.one("s3.Downloads", moved).await;
    assert_eq!(keys_of(&ended, "Downloads"), ["in/a.csv", "in/c.csv"]);
    assert_eq!(ended.metrics("Downloads"), ["files.count=2", "files.size.total=2"]);
    let file = &ended.outputs("Downloads")["outputFiles"]["in/a.csv"];
    assert_eq!(site.content(file).await, b"1");
    assert_eq!(keys(&client, &bucket).await, ["done/a.csv", "done/c.csv", "in/b.txt"]);

    site.one("s3.Downloads", json!({"bucket": bucket, "prefix": "done/", "action": "DELETE"}))
        .await
        .outputs("Downloads");
    assert_eq!(keys(&client, &bucket).await, ["in/b.txt"]);
}

#[tokio::test]
async fn an_object_is_copied_and_removed() {
    let (site, client, bucket) = site().await;
    client.put_object().bucket(&bucket).key("a b+ü").body(b"x".to_vec().into()).send().await.unwrap();
    let copy = json!({"from": {"bucket": bucket, "key": "a b+ü"}, "to": {"key": "c"}, "delete": true});
    let ended = site.one("s3.Copy", copy).await;
    assert_eq!(ended.outputs("Copy")["key"], "c");
    assert_eq!(keys(&client, &bucket).await, ["c"]);
    site.one("s3.Delete", json!({"bucket": bucket, "key": "c"})).await.outputs("Delete");
    assert_eq!(keys(&client, &bucket).await, [""; 0]);
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    let (site, _, bucket) = site().await;
    let nowhere = json!({"bucket": "no-such-bucket-anywhere", "key": "a"});
    let failures = [
        (
            "s3.Download",
            json!({"bucket": bucket, "key": "nothing"}),
            "NoSuchKey: The specified key does not exist.",
        ),
        ("s3.Download", nowhere.clone(), "NoSuchBucket: The specified bucket does not exist"),
        ("s3.Delete", nowhere.clone(), "NoSuchBucket: The specified bucket does not exist"),
        (
            "s3.List",
            json!({"bucket": "no-such-bucket-anywhere"}),
            "NoSuchBucket: The specified bucket does not exist",
        ),
        ("s3.Downloads", json!({"bucket": bucket, "regexp": "("}), "`regexp`: "),
        ("s3.Copy", json!({"from": {"bucket": bucket, "key": "nothing"}, "to": {"key": "b"}}), "NoSuchKey: "),
        (
            "s3.Copy",
            json!({"from": {"bucket": bucket, "key": "a"}, "delete": true}),
            "`delete` would remove the copy: it has the place of what is copied",
        ),
        (
            "s3.Upload",
            json!({"bucket": bucket, "key": "a", "from": "kestra:///nothing.txt"}),
            "there is no file kestra:///nothing.txt",
        ),
        ("s3.Upload", json!({"bucket": bucket, "key": "a", "from": "[]"}), "No files to upload: empty array"),
        (
            "s3.Download",
            json!({"bucket": bucket}),
            "Invalid configuration: either specify 'key' for single file",
        ),
    ];
    for (task, properties, message) in failures {
        let ended = site.one(task, properties.clone()).await;
        let failure = ended.failure().unwrap_or("nothing");
        assert!(failure.starts_with(message), "{task} {properties}: {failure}");
    }
}
