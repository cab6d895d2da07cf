//! Where tasks may not go, and whom they may not be.

use serde_json::json;
use service::Settings;
use tasks::{Outbound, aws::Defaults};

use super::Site;

const REFUSED: &str = "tasks may not call this address here (`ROUNDTRIP_OUTBOUND` is `public`)";

#[tokio::test]
async fn no_endpoint_leads_past_the_guard() {
    let site = Site::with(Outbound::Public, Defaults::default(), Settings::default());
    let port = site.account.endpoint.rsplit(':').next().unwrap().to_owned();
    let doors = [
        site.account.endpoint.clone(),
        format!("http://localhost:{port}"),
        format!("http://127.1:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        "http://169.254.169.254".to_owned(),
        "http://[fd00:ec2::254]/latest".to_owned(),
        "http://10.0.0.1".to_owned(),
    ];
    for door in doors {
        let list = json!({"bucket": "some-bucket", "endpointOverride": door, "forcePathStyle": true});
        let ended = site.one("s3.List", list).await;
        let failure = ended.failure().unwrap();
        assert!(failure.ends_with(REFUSED), "{door}: {failure}");
        // Whose credentials a task has is asked there as well.
        let role = json!({
            "bucket": "some-bucket", "endpointOverride": "https://example.com", "stsEndpointOverride": door,
            "stsRoleArn": "arn:aws:iam::000000000000:role/some",
        });
        let ended = site.one("s3.List", role).await;
        let failure = ended.failure().unwrap();
        assert!(failure.ends_with(REFUSED), "{door}: {failure}");
    }
}

#[tokio::test]
async fn the_metadata_of_a_machine_is_never_called() {
    let site = Site::new();
    for door in ["http://169.254.169.254", "http://metadata.google.internal", "http://[fe80::1]"] {
        let list = json!({"bucket": "some-bucket", "endpointOverride": door, "forcePathStyle": true});
        let ended = site.one("s3.List", list).await;
        let failure = ended.failure().unwrap();
        assert!(failure.contains("tasks may not call this address here"), "{door}: {failure}");
    }
}

#[tokio::test]
async fn a_task_without_credentials_is_nobody() {
    let site = Site::new();
    let mut task = site.task("s3.List", json!({"bucket": "some-bucket"}));
    let fields = task.as_object_mut().unwrap();
    fields.remove("accessKeyId");
    let half = site.run(vec![json!(fields)]).await;
    assert_eq!(half.failure(), Some("`accessKeyId` and `secretKeyId` belong together"));
    fields.remove("secretKeyId");
    let nobody = site.run(vec![json!(fields)]).await;
    let failure = nobody.failure().unwrap();
    assert!(
        failure.starts_with("the task has no credentials: set `accessKeyId` and `secretKeyId`."),
        "{failure}"
    );
    fields.insert("accessKeyId".to_owned(), json!("a"));
    fields.insert("secretKeyId".to_owned(), json!("b"));
    fields.remove("region");
    let nowhere = site.run(vec![json!(fields)]).await;
    assert_eq!(nowhere.failure(), Some("`region` must say in which region the service is"));
}

#[tokio::test]
async fn a_role_that_the_flow_names_is_assumed() {
    let site = Site::new();
    let role = format!("arn:aws:iam::{}:role/some", site.account.id);
    let connection = json!({
        "bucket": "no-such-bucket-anywhere", "stsRoleArn": role, "stsEndpointOverride": site.account.endpoint,
        "stsRoleExternalId": "me", "stsRoleSessionDuration": "PT1H",
    });
    let ended = site.one("s3.List", connection).await;
    assert_eq!(ended.failure(), Some("NoSuchBucket: The specified bucket does not exist"));
    let short = json!({"bucket": "b", "stsRoleArn": role, "stsRoleSessionDuration": "PT1M"});
    let ended = site.one("s3.List", short).await;
    assert_eq!(ended.failure(), Some("`stsRoleSessionDuration` must be from 15 minutes to 12 hours"));
}
