//! What BigQuery has against a load, and what is done about it.

use engine::execution::Ending;
use serde_json::{Value as Json, json};

use super::{both, google::Fault, load};

fn error(status: u16, reason: &str, message: &str) -> Fault {
    let one = json!({ "reason": reason, "message": message, "location": "query" });
    Fault::Answer(status, json!({ "error": { "code": status, "message": message, "errors": [one] } }))
}

/// A job that ended so.
fn ended(reason: &str, message: &str) -> Json {
    let first = json!({ "reason": reason, "location": "gs", "message": message });
    json!({ "errorResult": first, "errors": [first, { "reason": "invalid", "message": "row 2: too few columns" }] })
}

#[tokio::test]
async fn a_job_that_fails_fails_the_task_with_everything_that_is_said() {
    let (google, world) = both().await;
    google.state().ends = [ended("invalid", "Error while reading data")].into();
    let ran = load(&google, &world, json!({})).await;
    insta::assert_snapshot!(ran.failure(), @r"
    Bigquery Errors
    [ - BigQueryError{reason=invalid, location=gs, message=Error while reading data}
     - BigQueryError{reason=invalid, location=null, message=row 2: too few columns}
    ]
    ");
    assert_eq!(google.state().jobs.len(), 1);
    let warned = &ran.log.iter().find(|it| it.level.name() == "WARN").unwrap().message;
    assert!(warned.starts_with("Error query on job 'company_team_flow_"), "{warned}");
}

#[tokio::test]
async fn records_that_are_passed_over_are_told() {
    let (google, world) = both().await;
    google.state().ends =
        [json!({ "errors": [{ "reason": "invalid", "message": "row 2: too few columns" }] })].into();
    let ran = load(&google, &world, json!({ "maxBadRecords": 1 })).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    let told = "Records were passed over:\n - BigQueryError{reason=invalid, location=null, message=row 2: too few columns}";
    assert!(ran.messages().contains(&told), "{}", ran.story());
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_no_reason_to_ask_again() {
    let (google, world) = both().await;
    google.state().opening = [error(403, "quotaExceeded", "Quota exceeded: too many load jobs")].into();
    let ran = load(&google, &world, json!({})).await;
    insta::assert_snapshot!(ran.failure(), @r"
    Bigquery Errors
    [ - BigQueryError{reason=quotaExceeded, location=query, message=Quota exceeded: too many load jobs}
    ]
    ");
    assert_eq!(google.state().requests, ["POST own-project"]);
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let (google, world) = both().await;
    google.state().opening = [error(403, "rateLimitExceeded", "too fast")].into();
    google.state().looks = [error(503, "backendError", "not now")].into();
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    let state = google.state();
    assert_eq!(state.requests.iter().filter(|it| it.starts_with("POST")).count(), 2);
    assert_eq!(state.jobs.len(), 1);
}

#[tokio::test]
async fn an_upload_that_is_forgotten_is_begun_anew() {
    let (google, world) = both().await;
    google.state().chunks = [error(404, "notFound", "no such upload")].into();
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    assert_eq!(google.state().sessions.len(), 2);
    google.state().chunks = vec![error(410, "gone", "gone"); 3].into();
    let ran = load(&google, &world, json!({ "destinationTable": "demo.others" })).await;
    assert_eq!(ran.failure(), "BigQuery lost 3 uploads before they were complete");
}

#[tokio::test]
async fn a_chunk_that_is_refused_fails_the_task() {
    let (google, world) = both().await;
    google.state().chunks =
        [Fault::Answer(400, json!({ "error": { "message": "Wrong.", "status": "INVALID_ARGUMENT" } }))]
            .into();
    let ran = load(&google, &world, json!({})).await;
    assert_eq!(
        ran.failure(),
        "Bigquery Errors\n[ - BigQueryError{reason=INVALID_ARGUMENT, location=null, message=Wrong.}\n]"
    );
}

#[tokio::test]
async fn a_job_is_begun_anew_where_that_may_help() {
    let (google, world) = both().await;
    google.state().ends = [ended("backendError", "try again"), json!({})].into();
    let retry = json!({ "type": "constant", "interval": "PT0.01S", "maxAttempts": 2 });
    let ran = load(&google, &world, json!({ "retryAuto": retry })).await;
    assert_eq!(ran.outcome.ending, Ending::Success, "{}", ran.story());
    assert!(ran.messages().iter().any(|it| it.starts_with("Retrying, attempts 1 ")), "{}", ran.story());
    let state = google.state();
    let ids: Vec<_> = state.jobs.keys().map(|it| &it[it.len() - 4..]).collect();
    assert_eq!(ids, ["_1_1", "_1_2"]);
    assert!(ran.outcome.outputs["jobId"].as_str().unwrap().ends_with("_1_2"));
}
