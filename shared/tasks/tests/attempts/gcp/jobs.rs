//! Jobs that outlive their attempt, or must not.

use engine::execution::Ending;
use serde_json::json;
use tokio::sync::watch;

use super::{LOAD, both, google::Fault, load, numbered, properties};
use crate::world::attempt;

#[tokio::test]
async fn a_job_is_cancelled_when_its_attempt_has_to_stop() {
    let (google, world) = both().await;
    google.state().endless = true;
    let (stop, stopped) = watch::channel(false);
    let attempt = attempt(properties(&google, &json!({})));
    // The line that the job has begun is the sign to stop.
    let ran = world.attempt(LOAD, attempt, stopped, |line| {
        if line.starts_with("Starting job") {
            stop.send_replace(true);
        }
    });
    let ran = ran.await;
    assert_eq!(ran.outcome.ending, Ending::Killed, "{}", ran.story());
    let state = google.state();
    let id = state.jobs.keys().next().unwrap();
    assert_eq!(state.requests.last().unwrap(), &format!("CANCEL own-project/{id}"));
}

#[tokio::test]
async fn an_attempt_after_a_lost_one_takes_its_job_over() {
    let (google, world) = both().await;
    let first = load(&google, &world, json!({})).await;
    let second = world.with_attempt(LOAD, numbered(2, properties(&google, &json!({})))).await;
    assert_eq!(second.outcome.outputs, first.outcome.outputs, "{}", second.story());
    let adopted = second.messages().iter().any(|it| it.starts_with("Adopting job '"));
    assert!(adopted, "{}", second.story());
    assert_eq!(google.state().jobs.len(), 1);
    // What is to be loaded is another thing: so is the job.
    let other = properties(&google, &json!({ "writeDisposition": "WRITE_TRUNCATE" }));
    world.with_attempt(LOAD, numbered(2, other)).await;
    assert_eq!(google.state().jobs.len(), 2);
}

#[tokio::test]
async fn an_attempt_after_a_failed_one_has_a_job_of_its_own() {
    let (google, world) = both().await;
    google.state().ends =
        [json!({ "errorResult": { "reason": "invalid", "message": "no" } }), json!({})].into();
    assert_eq!(load(&google, &world, json!({})).await.failure().lines().next(), Some("Bigquery Errors"));
    let second = world.with_attempt(LOAD, numbered(2, properties(&google, &json!({})))).await;
    assert_eq!(second.outcome.ending, Ending::Success, "{}", second.story());
    assert_eq!(google.state().jobs.len(), 2);
}

#[tokio::test]
async fn a_job_that_was_begun_without_our_hearing_of_it_is_found() {
    let (google, world) = both().await;
    let ran = load(&google, &world, json!({ "location": "us-east1" })).await;
    // The same attempt once more, as after an answer that never came: BigQuery says that there is the job.
    let again = load(&google, &world, json!({ "location": "us-east1" })).await;
    assert_eq!(again.outcome.outputs, ran.outcome.outputs, "{}", again.story());
    {
        let state = google.state();
        assert_eq!(state.jobs.len(), 1);
        let id = state.jobs.keys().next().unwrap();
        assert_eq!(state.requests.last().unwrap(), &format!("GET own-project/{id}?location=us-east1"));
    }
    // A duplicate that cannot be found is what it says it is.
    let duplicate =
        json!({ "error": { "errors": [{ "reason": "duplicate", "message": "Already Exists" }] } });
    google.state().opening = [Fault::Answer(409, duplicate)].into();
    let ran = load(&google, &world, json!({ "destinationTable": "demo.others" })).await;
    assert_eq!(
        ran.failure(),
        "Bigquery Errors\n[ - BigQueryError{reason=duplicate, location=null, message=Already Exists}\n]"
    );
}
