//! Schedule triggers as a resource.

use std::fmt::Write as _;

use axum::http::Method;
use insta::assert_snapshot;
use serde_json::json;

use crate::app::{App, typed};

const FLOW: &str = "
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - { id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: '@daily', stopAfter: [FAILED] }
  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: k }
";

#[tokio::test]
async fn triggers_are_listed_and_found() {
    let app = App::new();
    app.flow("f", FLOW).await;
    app.flow("g", FLOW).await;
    assert_snapshot!(app.get("/api/v1/triggers/company.team/f").await.shown());
    let found = app.get("/api/v1/triggers/search?q=DAILY&namespace=company&flowId=g").await;
    assert_snapshot!(found.shown());
    assert_eq!(app.get("/api/v1/main/triggers/search?size=1").await.json()["total"], 2);
    assert_eq!(app.get("/api/v1/triggers/search?namespace=comp").await.json()["total"], 0);
    assert_eq!(
        app.get("/api/v1/triggers/company.team/nothing").await.json(),
        json!({"results": [], "total": 0})
    );
}

#[tokio::test]
async fn a_trigger_is_disabled_and_enabled() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let put = async |trigger: &str, rest: &str| {
        let body =
            format!(r#"{{"namespace": "company.team", "flowId": "f", "triggerId": "{trigger}"{rest}}}"#);
        app.send(typed(Method::PUT, "/api/v1/triggers", "application/json", body)).await
    };
    assert_eq!(put("daily", r#", "disabled": true, "workerId": null"#).await.json()["disabled"], true);
    let listed = app.get("/api/v1/triggers/company.team/f").await.json();
    assert_eq!(listed["results"][0]["disabled"], true);
    assert_eq!(put("daily", "").await.json()["disabled"], false);
    let mut refused = String::new();
    for (trigger, rest) in [
        ("other", ""),
        ("hook", r#", "disabled": true"#),
        ("daily", r#", "backfill": {"start": "2024-01-01T00:00:00Z"}"#),
        ("daily", r#", "disabled": 1"#),
    ] {
        writeln!(refused, "{}", put(trigger, rest).await.error()).unwrap();
    }
    assert_snapshot!(refused);
}
