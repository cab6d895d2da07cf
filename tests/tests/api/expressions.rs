//! What somebody is told whose expression is wrong: when the flow is created, and when it runs.

use insta::assert_snapshot;

use crate::app::App;

#[tokio::test]
async fn a_flow_with_broken_expressions_is_refused_with_all_their_places() {
    let app = App::new();
    let source = "\
id: f
namespace: company.team
tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: |
      Hello
      {{ inputs.name | uper }}
  - id: decide
    type: io.kestra.plugin.core.flow.If
    condition: \"{{ inputs.name is defind }}\"
    then:
      - {id: then, type: io.kestra.plugin.core.debug.Return, format: '{{ 1 | date(timezone=1) }}'}
outputs:
  - {id: o, type: STRING, value: '{{ (1 }}'}
";
    let answer = app.post_body("/api/v1/flows", "application/x-yaml", source).await;
    assert_snapshot!(answer.error(), @r#"
    422 Invalid entity: tasks[0].message: Filter [uper] does not exist. (did you mean `upper`?) (line 8, column 24)
    tasks[1].condition: Test [defind] does not exist. (did you mean `defined`?) (line 11, column 35)
    tasks[1].then[0].format: The following named argument does not exist: timezone (did you mean `timeZone`?) (line 13, column 92)
    outputs[0].value: Unexpected "}" (line 15, column 41)
    "#);
    let errors = answer.json()["_embedded"]["errors"].clone();
    let told: Vec<String> =
        errors.as_array().unwrap().iter().map(|it| format!("{} | {}\n", it["path"], it["message"])).collect();
    assert_snapshot!(told.concat(), @r#"
    "tasks[0].message" | "Filter [uper] does not exist. (did you mean `upper`?) (line 8, column 24)"
    "tasks[1].condition" | "Test [defind] does not exist. (did you mean `defined`?) (line 11, column 35)"
    "tasks[1].then[0].format" | "The following named argument does not exist: timezone (did you mean `timeZone`?) (line 13, column 92)"
    "outputs[0].value" | "Unexpected \"}\" (line 15, column 41)"
    "#);
}

#[tokio::test]
async fn a_failed_task_run_logs_the_place() {
    let app = App::new();
    let flow = "
inputs: [{ id: greeting, type: STRING, defaults: hi }]
tasks:
  - { id: fine, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.greeting }}' }
  - id: fails
    type: io.kestra.plugin.core.debug.Return
    format: |
      first
      second {{ inputs.greting }}
outputs:
  - { id: o, type: STRING, value: '{{ outputs.fine.valeu }}' }
";
    app.flow("f", flow).await;
    let id = app.post("/api/v1/executions/company.team/f?wait=true").await.id();
    let lines = app.get(&format!("/api/v1/logs/{id}?minLevel=WARN")).await.json();
    let lines: Vec<String> = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {}\n", it["level"].as_str().unwrap(), it["message"].as_str().unwrap()))
        .collect();
    assert_snapshot!(lines.concat(), @"
    ERROR Unable to find `greting` used in the expression `first
    second {{ inputs.greting }}
    ` at line 2 (did you mean `inputs.greeting`?)
      --> tasks[1].format, line 2, column 18
       | second {{ inputs.greting }}
       |                  ^^^^^^^
    ERROR Failed to render output values: Unable to find `valeu` used in the expression `{{ outputs.fine.valeu }}` at line 1 (did you mean `outputs.fine.value`?)
      --> outputs[0].value, line 1, column 17
       | {{ outputs.fine.valeu }}
       |                 ^^^^^
    ");
}
