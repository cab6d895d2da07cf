//! Webhooks.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request},
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use insta::assert_snapshot;
use serde_json::json;
use service::{Settings, Vault};

use crate::app::{App, typed};

const FLOW: &str = "
labels: { team: x }
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: \"{{ trigger.body }}\" }]
triggers: [{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ 'test' ~ 1234 }}\" }]
";
pub(crate) const URI: &str = "/api/v1/executions/webhook/company.team/f/test1234";

#[tokio::test]
async fn a_webhook_starts_with_the_request_as_its_trigger() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let uri = format!("{URI}?name=john&age=12&age=13");
    let answer = app.post_body(&uri, "text/plain", r#"{"a": 1, "b": true}"#).await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    content-length: 615
    content-type: application/json

    {
      "id": "0000000000000000000001",
      "namespace": "company.team",
      "flowId": "f",
      "flowRevision": 1,
      "labels": [
        {
          "key": "team",
          "value": "x"
        }
      ],
      "state": {
        "current": "CREATED",
        "histories": [
          {
            "state": "CREATED",
            "date": "2024-07-12T05:13:42.140Z"
          }
        ],
        "duration": "PT0S",
        "startDate": "2024-07-12T05:13:42.140Z"
      },
      "originalId": "0000000000000000000001",
      "trigger": {
        "id": "hook",
        "type": "io.kestra.plugin.core.trigger.Webhook",
        "variables": {
          "body": {
            "a": 1,
            "b": true
          },
          "headers": {
            "content-type": [
              "text/plain"
            ]
          },
          "parameters": {
            "name": [
              "john"
            ],
            "age": [
              "12",
              "13"
            ]
          }
        }
      },
      "deleted": false,
      "metadata": {
        "attemptNumber": 1,
        "originalCreatedDate": "2024-07-12T05:13:42.140Z"
      }
    }
    "#);
}

#[tokio::test]
async fn a_body_is_json_only_when_it_is_an_object_or_a_list() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let body = async |method: Method, body: &str| {
        let answer = app.send(typed(method, URI, "application/json", body.to_owned())).await;
        answer.json()["trigger"]["variables"]["body"].clone()
    };
    assert_eq!(body(Method::PUT, r#"[{"a": 1}]"#).await, json!([{ "a": 1 }]));
    assert_eq!(body(Method::POST, "bla").await, "bla");
    assert_eq!(body(Method::POST, "42").await, "42");
    assert_eq!(body(Method::POST, r#"{"a": \"}"#).await, r#"{"a": \"}"#);
    assert_eq!(body(Method::GET, "").await, json!(null));
}

#[tokio::test]
async fn whoever_knows_no_key_learns_nothing() {
    let app = App::new();
    app.flow("f", FLOW).await;
    app.flow("off", &format!("disabled: true\n{FLOW}")).await;
    let unbound = FLOW.replace("id: hook,", "id: hook, disabled: true,");
    app.flow("unbound", &unbound).await;
    let mut said = Vec::new();
    for path in
        ["a/b/c", "company.team/f/other", "company.team/off/other", "company.team/unbound/test1234", "Ä/b/c"]
    {
        said.push(app.post(&format!("/api/v1/main/executions/webhook/{path}")).await.error());
    }
    said.dedup();
    assert_eq!(said, ["404 Not Found: Flow not found"]);
    assert_snapshot!(app.post("/api/v1/executions/webhook/company.team/off/test1234").await.error(), @"409 Illegal state: Cannot execute a disabled flow");
}

#[tokio::test]
async fn who_only_looks_starts_nothing() {
    let app = App::new();
    app.flow("f", FLOW).await;
    assert_eq!(app.call(Method::HEAD, URI).await.status.as_u16(), 405);
    assert_eq!(app.call(Method::DELETE, URI).await.status.as_u16(), 405);
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
}

#[tokio::test]
async fn a_body_has_a_limit() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let large = "x".repeat(1024 * 1024 + 1);
    assert_snapshot!(app.post_body(URI, "text/plain", large).await.error(), @"
    413 Request Entity Too Large: the body of a webhook may have at most 1048576 bytes
    ");
    let compressible = json!({ "a": "x".repeat(1000 * 1024) }).to_string();
    assert_eq!(app.post_body(URI, "application/json", compressible).await.status.as_u16(), 200);
    // Nothing that can be made smaller, and so more than an item of the store takes.
    let mut chance = 1_u32;
    let noise: Vec<u8> = (0..700 * 1024)
        .map(|_| {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            chance.to_be_bytes()[0]
        })
        .collect();
    let noise = json!({ "a": BASE64.encode(noise) }).to_string();
    assert_snapshot!(app.post_body(URI, "application/json", noise).await.error(), @"413 Request Entity Too Large: what this request starts is too large to be stored: compressed, it may have at most 389120 bytes");
}

#[tokio::test]
async fn a_key_may_be_kept_by_the_server() {
    let secrets = [("SECRET_HOOK".to_owned(), "dGVzdDEyMzQK".to_owned())];
    let secrets = Arc::new(Vault::of_variables(secrets));
    let app = App::with(Settings { secrets, ..Settings::default() });
    let flow = "
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - { id: broken, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ secret('NOWHERE') }}\" }
  - { id: secret, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ secret('HOOK') }}\" }
  - { id: kept, type: io.kestra.plugin.core.trigger.Webhook, key: \"{{ kv('hook', errorOnMissing=false) ?? 'none' }}\" }
  - { id: later, type: io.kestra.plugin.core.trigger.Webhook, key: test1234 }
";
    app.flow("f", flow).await;
    let trigger =
        async |key: &str| app.post(&URI.replace("test1234", key)).await.json()["trigger"]["id"].clone();
    assert_eq!(trigger("test1234").await, "secret");
    app.send(typed(Method::PUT, "/api/v1/namespaces/company.team/kv/hook", "text/plain", "\"of-kv\"")).await;
    assert_eq!(trigger("of-kv").await, "kept");
}

#[tokio::test]
async fn credentials_of_a_caller_are_not_kept() {
    let app = App::new();
    let guarded = "
inputs: [{ id: who, type: STRING }]
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: \"{{ inputs.who }}\" }]
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
    inputs: { who: \"{{ trigger.headers['x-who'][0] }} {{ trigger.headers.cookie | length }}\" }
    conditions:
      - type: io.kestra.plugin.core.condition.Expression
        expression: \"{{ trigger.headers.authorization[0] == 'Bearer hidden' }}\"
";
    app.flow("f", guarded).await;
    let call = async |token: &str| {
        let request = Request::post(URI)
            .header("Authorization", token)
            .header("Cookie", "hidden=1")
            .header("Proxy-Authorization", "Basic hidden")
            .header("X-Who", "me");
        app.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(call("Bearer other").await.status.as_u16(), 204);
    let answer = call("Bearer hidden").await;
    assert_eq!(answer.json()["trigger"]["variables"]["headers"], json!({ "x-who": ["me"] }));
    let stored = app.get(&format!("/api/v1/executions/{}", answer.id())).await;
    assert_eq!(stored.json()["inputs"], json!({ "who": "me 1" }));
    assert!(!stored.text().contains("hidden") && !answer.text().contains("hidden"), "{}", stored.text());
}

const WITH_INPUTS: &str = "
inputs:
  - { id: greeting, type: STRING, defaults: hey }
  - { id: count, type: INT, required: false }
  - { id: needed, type: STRING }
  - { id: file, type: FILE, required: false }
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - { id: plain, type: io.kestra.plugin.core.trigger.Webhook, key: test1234 }
  - { id: mapped, type: io.kestra.plugin.core.trigger.Webhook, key: mapped, inputs: { needed: \"{{ trigger.body.name }}\", count: 3 } }
";

#[tokio::test]
async fn inputs_come_from_the_trigger_and_from_the_query() {
    let app = App::new();
    app.flow("f", WITH_INPUTS).await;
    let inputs = async |uri: &str, body: &str| {
        let answer = app.post_body(uri, "application/json", body.to_owned()).await;
        assert_eq!(answer.json().get("inputs"), None, "whoever called sees none");
        app.get(&format!("/api/v1/executions/{}", answer.id())).await.json()["inputs"].clone()
    };
    // Kestra: without any, what is required may be missing.
    assert_eq!(inputs(URI, "").await, json!({ "greeting": "hey" }));
    assert_eq!(inputs(&format!("{URI}?inputs=plain"), "").await, json!({ "greeting": "hey" }));
    let query = "inputs=%7B%22needed%22:%22a%22,%22greeting%22:%22b%22,%22count%22:%22007%22%7D";
    assert_eq!(
        inputs(&format!("{URI}?{query}"), "").await,
        json!({ "greeting": "b", "count": 7, "needed": "a", "file": null })
    );
    let mapped = URI.replace("test1234", "mapped");
    assert_eq!(
        inputs(&format!("{mapped}?{query}"), r#"{"name": "x"}"#).await,
        json!({ "greeting": "b", "count": 3, "needed": "x", "file": null }),
        "the trigger's own come first"
    );
}

#[tokio::test]
async fn inputs_that_cannot_be_used_are_told() {
    let app = App::new();
    app.flow("f", WITH_INPUTS).await;
    let error = async |query: &str| app.post(&format!("{URI}?inputs={query}")).await.error();
    assert_snapshot!(error("%7B").await, @"422 Invalid json: the query parameter `inputs` is an object of inputs by id: EOF while parsing an object at line 1 column 1");
    assert_snapshot!(error("%7B%22count%22:%22x%22%7D").await, @r#"
    422 Invalid entity: count: Invalid input for `count`, For input string: "x", but received `x`
    needed: Invalid input for `needed`, missing required input, but received `null`
    "#);
    assert_snapshot!(error("%7B%22needed%22:%22x%22,%22file%22:%22kestra:///company/team/other/executions/1/inputs/file/a%22%7D").await, @"422 Invalid entity: file: Invalid input for `file`, the URI is not that of a file uploaded for this input of this flow, but received `kestra:///company/team/other/executions/1/inputs/file/a`");
    let unrendered = app.post_body(&URI.replace("test1234", "mapped"), "text/plain", "x").await;
    assert_snapshot!(unrendered.error(), @r"
    422 Illegal argument: the trigger's inputs: Unable to find `name` used in the expression `{{ trigger.body.name }}` at line 1
      --> triggers[1].inputs.needed, line 1, column 17
       | {{ trigger.body.name }}
       |                 ^^^^
    ");
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 0);
}

#[tokio::test]
async fn a_delivery_that_comes_again_starts_nothing_new() {
    let app = App::new();
    let flow = "
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
    wait: true
    idempotencyKey: \"{{ trigger.headers['x-github-delivery'][0] ?? '' }}\"
";
    app.flow("f", flow).await;
    let deliver = async |delivery: Option<&str>| {
        let mut request = Request::post(URI);
        if let Some(delivery) = delivery {
            request = request.header("X-GitHub-Delivery", delivery);
        }
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.json()["state"]["current"], "SUCCESS");
        answer.id()
    };
    let first = deliver(Some("a")).await;
    assert_eq!(deliver(Some("a")).await, first);
    assert_ne!(deliver(Some("b")).await, first);
    assert_ne!(deliver(None).await, deliver(None).await);
    assert_eq!(app.get("/api/v1/executions/search").await.json()["total"], 4);
}

#[tokio::test]
async fn conditions_that_do_not_hold_start_nothing() {
    let app = App::new();
    let conditions = "
tasks: [{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }]
triggers:
  - id: hook
    type: io.kestra.plugin.core.trigger.Webhook
    key: test1234
    conditions:
      - type: io.kestra.plugin.core.condition.ExpressionCondition
        expression: \"{{ trigger.body.hello == 'world' }}\"
";
    app.flow("f", conditions).await;
    for (body, status) in [
        (r#"{"hello": "world"}"#, "200 OK"),
        (r#"{"hello": "webhook"}"#, "204 No Content"),
        ("no object", "204 No Content"),
    ] {
        let shown = app.post_body(URI, "application/json", body).await.shown();
        assert!(shown.starts_with(status), "{body}: {shown}");
    }
}
