//! What an execution is told while it runs.

use axum::http::Method;
use insta::assert_snapshot;

use crate::app::App;

const ENDED: &str = "tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return }]";

/// Every route of control, but for its style.
const ROUTES: [&str; 4] = ["pause", "resume", "unqueue", "force-run"];

async fn ended(app: &App) -> String {
    app.flow("ended", ENDED).await;
    app.post("/api/v1/executions/company.team/ended?wait=true").await.id()
}

#[tokio::test]
async fn what_has_ended_is_told_nothing() {
    let app = App::new();
    let id = ended(&app).await;
    let mut answers = Vec::new();
    for route in ROUTES {
        for style in ["", "actions/"] {
            let error = app.post(&format!("/api/v1/executions/{id}/{style}{route}")).await.error();
            answers.push(format!("{style}{route}: {error}"));
        }
    }
    assert_snapshot!(answers.join("\n"), @r"
    pause: 422 Illegal argument: The execution is not running
    actions/pause: 409 Illegal state: The execution is not running
    resume: 409 Illegal state: Execution '0000000000000000000001' is not paused, can't resume it
    actions/resume: 409 Illegal state: Execution '0000000000000000000001' is not paused, can't resume it
    unqueue: 422 Illegal argument: Only QUEUED execution can be unqueued, current state is 'SUCCESS'
    actions/unqueue: 409 Illegal state: Only QUEUED execution can be unqueued, current state is 'SUCCESS'
    force-run: 422 Illegal argument: Only non terminated executions can be forced run.
    actions/force-run: 409 Illegal state: Only non terminated executions can be forced run.
    ");
}

#[tokio::test]
async fn what_is_not_there_is_told_nothing() {
    let app = App::new();
    for id in ["0000000000000000000001", "short"] {
        for route in ROUTES.into_iter().chain(["resume/validate", "actions/pause"]) {
            let error = app.post(&format!("/api/v1/main/executions/{id}/{route}")).await.error();
            assert_eq!(error, "404 Not Found: Execution not found", "{route}");
        }
        let error = app.call(Method::DELETE, &format!("/api/v1/executions/{id}/kill")).await.error();
        assert_eq!(error, "404 Not Found: Execution not found");
    }
}

#[tokio::test]
async fn a_state_to_unqueue_to_is_one_of_a_few() {
    let app = App::new();
    let id = ended(&app).await;
    let uri = format!("/api/v1/executions/{id}/unqueue?state=");
    assert_snapshot!(app.post(&format!("{uri}SUCCESS")).await.error(), @"422 Illegal argument: an execution is unqueued to RUNNING, CANCELLED, FAILED or KILLED, not to SUCCESS");
    assert_snapshot!(app.post(&format!("{uri}perhaps")).await.error(), @"422 Internal server error: Failed to convert argument [state] for value [perhaps]: it has to be one of CREATED, RUNNING, PAUSED, RESTARTED, KILLING, SUCCESS, WARNING, FAILED, KILLED, CANCELLED, QUEUED, RETRYING, RETRIED, SKIPPED");
}
