//! Asking what an expression gives.

use insta::assert_snapshot;

use crate::app::{Answer, App};

const FLOW: &str = r#"
inputs: [{ id: name, type: STRING, defaults: you }]
tasks:
  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: "hello {{ inputs.name }}" }
"#;

async fn eval(app: &App, path: &str, expression: &str) -> Answer {
    let uri = format!("/api/v1/executions/{path}");
    app.post_body(&uri, "text/plain", expression.to_owned()).await
}

#[tokio::test]
async fn an_expression_is_evaluated_where_a_task_run_stands() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let ended = app.post("/api/v1/executions/company.team/f?wait=true").await;
    let id = ended.id();
    let run = ended.json()["taskRunList"][0]["id"].as_str().unwrap().to_owned();
    let here = format!("{id}/eval/{run}");
    assert_snapshot!(eval(&app, &here, "the same").await.text(), @r#"{"result":"the same"}"#);
    assert_eq!(eval(&app, &here, "{{ taskrun.id }}").await.json()["result"], run.as_str());
    assert_snapshot!(eval(&app, &format!("{id}/actions/eval/{run}"), "{{ outputs.hello.value | upper }}").await.text(), @r#"{"result":"HELLO YOU"}"#);
    assert_snapshot!(eval(&app, &format!("{id}/actions/eval"), "{{ inputs.name }}").await.text(), @r#"{"result":"you"}"#);
}

#[tokio::test]
async fn an_expression_that_fails_is_an_answer() {
    let app = App::new();
    app.flow("f", FLOW).await;
    let ended = app.post("/api/v1/executions/company.team/f?wait=true").await;
    let id = ended.id();
    let run = ended.json()["taskRunList"][0]["id"].as_str().unwrap().to_owned();
    let here = format!("{id}/eval/{run}");
    assert_snapshot!(eval(&app, &here, "a\n{{ missing }}").await.text(), @r#"{"error":"Unable to find `missing` used in the expression `a\n{{ missing }}` at line 2","stackTrace":"Unable to find `missing` used in the expression `a\n{{ missing }}` at line 2\n  --> line 2, column 4\n   | {{ missing }}\n   |    ^^^^^^^"}"#);
    assert_snapshot!(eval(&app, &here, "{{ (").await.text(), @r#"{"error":"Unexpected token \"EOF\" of value \"\"","stackTrace":"Unexpected token \"EOF\" of value \"\"\n  --> line 1, column 5\n   | {{ (\n   |     ^"}"#);
    assert_snapshot!(eval(&app, &format!("{id}/eval/{id}"), "x").await.error(), @"404 Not Found: Unable to find the task run '0000000000000000000001'");
    assert_snapshot!(eval(&app, &format!("{run}/eval/{run}"), "x").await.error(), @"404 Not Found: Execution not found");
    assert_snapshot!(eval(&app, &format!("{id}/eval/x"), "x").await.error(), @"404 Not Found: Unable to find the task run 'x'");
    assert_snapshot!(eval(&app, &here, &"x".repeat(64 * 1024 + 1)).await.error(), @"413 Request Entity Too Large: an expression may have at most 65536 bytes");
}
