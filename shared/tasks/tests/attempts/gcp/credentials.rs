//! Who asks, and that nobody else learns how.

use std::time::{Duration, Instant};

use engine::execution::Ending;
use serde_json::{Value as Json, json};

use super::{
    both,
    google::{Fault, Google},
    load,
};
use crate::world::Ran;

/// Nothing that was said or left has a key or a token in it.
fn check_silent(google: &Google, ran: &Ran) {
    let story = format!("{}\n{:?}", ran.story(), ran.outcome);
    for secret in google.secrets() {
        assert!(!story.contains(&secret), "{secret} in {story}");
    }
}

#[tokio::test]
async fn a_token_is_signed_for_and_used_until_shortly_before_its_end() {
    let (google, world) = both().await;
    world.clock.advance(Duration::from_millis(1_720_000_000_500));
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    check_silent(&google, &ran);
    let claims = json!({
        "iss": "loader@own-project.iam.gserviceaccount.com",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "aud": format!("{}/token", google.base()),
        "iat": 1_720_000_000,
        "exp": 1_720_003_600,
    });
    assert_eq!(google.state().claims, [claims]);
    world.clock.advance(Duration::from_secs(3_500));
    load(&google, &world, json!({})).await;
    assert_eq!(google.state().tokens, 1);
    world.clock.advance(Duration::from_mins(1));
    load(&google, &world, json!({})).await;
    assert_eq!(google.state().tokens, 2);
    load(&google, &world, json!({ "scopes": ["a", "b"] })).await;
    assert_eq!(google.state().claims[2]["scope"], "a b");
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced() {
    let (google, world) = both().await;
    load(&google, &world, json!({})).await;
    google.state().revoked = Some("ya29.1".to_owned());
    let ran = load(&google, &world, json!({ "destinationTable": "demo.others" })).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    assert_eq!(google.state().tokens, 2);
}

#[tokio::test]
async fn the_project_is_that_of_the_flow_the_account_or_the_table() {
    let (google, world) = both().await;
    let mut key = google.key_json();
    let project = async |own: Json| {
        let ran = load(&google, &world, own).await;
        let request = google.state().requests.iter().rfind(|it| it.starts_with("POST")).cloned();
        (request.unwrap_or_default(), ran.outcome.outputs["destinationTable"].clone())
    };
    let own = project(json!({ "projectId": "billed", "destinationTable": "demo.a" })).await;
    assert_eq!(own, ("POST billed".to_owned(), json!("billed.demo.a")));
    let of_account = project(json!({ "destinationTable": "demo.b" })).await;
    assert_eq!(of_account, ("POST own-project".to_owned(), json!("own-project.demo.b")));
    key["project_id"] = Json::Null;
    let of_table =
        project(json!({ "serviceAccount": key.to_string(), "destinationTable": "x.demo.c" })).await;
    assert_eq!(of_table, ("POST x".to_owned(), json!("x.demo.c")));
    let none = json!({ "serviceAccount": key.to_string(), "destinationTable": "demo.d" });
    let ran = load(&google, &world, none).await;
    assert_eq!(
        ran.failure(),
        "`projectId` must be set: neither `serviceAccount` nor `destinationTable` names a project"
    );
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_without_a_word_of_it() {
    let (google, world) = both().await;
    let changed = |name: &str, value: Json| {
        let mut key = google.key_json();
        key[name] = value;
        json!({ "serviceAccount": key.to_string() })
    };
    let cases = [
        json!({ "serviceAccount": google.key_file().replace("\"type\"", "type") }),
        changed("type", json!("authorized_user")),
        changed("client_email", Json::Null),
        changed("private_key", json!("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")),
        changed("token_uri", json!("file:///etc/passwd")),
    ];
    let mut told = String::new();
    for case in cases {
        let ran = load(&google, &world, case).await;
        check_silent(&google, &ran);
        told.push_str(ran.failure());
        told.push('\n');
    }
    insta::assert_snapshot!(told, @r"
    `serviceAccount` must be the JSON text of a service account's key, and is not (line 1, column 2)
    `serviceAccount` must be the key of a service account: its `type` must be `service_account`
    `serviceAccount` is not a key file: it has no `client_email`
    `serviceAccount`: its `private_key` must be an RSA key of 2048 bits or more in PEM
    `serviceAccount`: its `token_uri` must be a URI that starts with https://
    ");
    assert!(google.state().requests.is_empty());
}

#[tokio::test]
async fn a_key_that_google_does_not_know_gets_no_token() {
    let (google, world) = both().await;
    let other = Google::start().await;
    let mut key = google.key_json();
    key["private_key"] = other.key_json()["private_key"].clone();
    let ran = load(&google, &world, json!({ "serviceAccount": key.to_string() })).await;
    check_silent(&google, &ran);
    let expected = format!(
        "loader@own-project.iam.gserviceaccount.com was given no token by {}/token: invalid_grant: Invalid JWT Signature.",
        google.base()
    );
    assert_eq!(ran.failure(), expected);
}

#[tokio::test]
async fn a_file_is_not_sent_to_somebody_else() {
    let (google, world) = both().await;
    google.state().opening = [Fault::Answer(200, json!({}))].into();
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.failure(), "BigQuery does not say where to send the file");
    for place in [
        "http://127.0.0.1:1/upload",
        "https://bigquery.googleapis.com.example.com/",
        "http://x.googleapis.com/",
    ] {
        google.state().opening = [Fault::Elsewhere(place)].into();
        let ran = load(&google, &world, json!({})).await;
        assert_eq!(ran.failure(), "BigQuery wants the file to be sent to somebody else", "{place}");
    }
}

#[tokio::test]
async fn a_token_is_not_asked_for_where_tasks_may_not_call() {
    let (google, world) = both().await;
    let mut key = google.key_json();
    key["token_uri"] = json!("http://169.254.169.254/token");
    let start = Instant::now();
    let ran = load(&google, &world, json!({ "serviceAccount": key.to_string() })).await;
    assert!(ran.failure().contains("tasks may not call this address here"), "{}", ran.story());
    assert!(start.elapsed() < Duration::from_secs(1), "it was asked for again");
}
