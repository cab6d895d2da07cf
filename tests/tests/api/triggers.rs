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
        ("daily", r#", "backfill": {"start": "2024"}"#),
        ("daily", r#", "backfill": {"start": "2025-01-01T00:00:00Z"}"#),
        ("daily", r#", "backfill": {"start": "2024-01-01T00:00:00Z", "labels": {"system.a": "b"}}"#),
        ("daily", r#", "disabled": 1"#),
    ] {
        writeln!(refused, "{}", put(trigger, rest).await.error()).unwrap();
    }
    assert_snapshot!(refused);
}

#[tokio::test]
async fn a_backfill_is_begun_paused_and_deleted() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let name = r#""namespace": "company.team", "flowId": "f", "triggerId": "daily""#;
    let send = async |method, path: &str, rest: &str| {
        let uri = format!("/api/v1/triggers{path}");
        app.send(typed(method, &uri, "application/json", format!("{{{name}{rest}}}"))).await
    };
    let backfill = r#", "backfill": {"start": "2024-07-01T00:00:00Z", "end": "2024-07-05T12:00:00Z", "inputs": {"a": 1}, "labels": [{"key": "b", "value": "c"}]}"#;
    assert_snapshot!(send(Method::PUT, "", backfill).await.shown());
    assert_eq!(send(Method::PUT, "/backfill/create", backfill).await.json()["backfill"]["paused"], false);
    let other = backfill.replace("07-01", "07-02");
    assert_snapshot!(send(Method::PUT, "/backfill/create", &other).await.error());
    let paused = send(Method::PUT, "/backfill/pause", "").await.json();
    assert_eq!(
        (&paused["backfill"]["paused"], &paused["nextExecutionDate"]),
        (&json!(true), &paused["backfill"]["previousNextExecutionDate"])
    );
    assert_eq!(send(Method::PUT, "/backfill/unpause", "").await.json()["backfill"]["paused"], false);
    assert_eq!(send(Method::POST, "/backfill/delete", "").await.json().get("backfill"), None);
    let mut refused = String::new();
    for (method, path) in [
        (Method::PUT, "/backfill/pause"),
        (Method::PUT, "/backfill/unpause"),
        (Method::POST, "/backfill/delete"),
        (Method::PUT, "/backfill/create"),
    ] {
        writeln!(refused, "{}", send(method, path, "").await.error()).unwrap();
    }
    assert_snapshot!(refused);
}

#[tokio::test]
async fn triggers_are_unlocked_restarted_and_forgotten() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let send = async |method, rest: &str| {
        app.send(typed(
            method,
            &format!("/api/v1/main/triggers/company.team/f/{rest}"),
            "application/json",
            "",
        ))
        .await
    };
    let mut said = String::new();
    for path in ["daily/unlock", "other/unlock", "other/restart"] {
        writeln!(said, "{}", send(Method::POST, path).await.error()).unwrap();
    }
    assert_snapshot!(said);
    assert_eq!(send(Method::POST, "daily/restart").await.json()["triggerId"], "daily");
    assert_eq!(send(Method::DELETE, "daily").await.status, 204);
    assert_eq!(send(Method::DELETE, "hook").await.status, 404);
}

#[tokio::test]
async fn the_same_is_done_to_many_triggers() {
    let app = App::new();
    for flow in ["f", "g"] {
        app.flow(flow, FLOW).await;
    }
    let post = async |path: &str, body: &str| {
        let uri = format!("/api/v1/triggers{path}");
        app.send(typed(Method::POST, &uri, "application/json", body.to_owned())).await.json()
    };
    let both = r#"[{"namespace": "company.team", "flowId": "f", "triggerId": "daily"}, {"namespace": "company.team", "flowId": "no", "triggerId": "daily"}]"#;
    let disable = format!(r#"{{"triggers": {both}, "disabled": true}}"#);
    assert_eq!(post("/set-disabled/by-triggers", &disable).await, json!({"count": 1}));
    assert_eq!(post("/set-disabled/by-query?disabled=true&q=daily", "").await, json!({"count": 2}));
    let listed = app.get("/api/v1/triggers/company.team/g").await.json();
    assert_eq!(listed["results"][0]["disabled"], true);
    for path in ["/unlock", "/backfill/pause", "/backfill/unpause", "/backfill/delete"] {
        assert_eq!(post(&format!("{path}/by-triggers"), both).await, json!({"count": 0}), "{path}");
        assert_eq!(post(&format!("{path}/by-query"), "").await, json!({"count": 0}), "{path}");
    }
}
