//! "Synchronous Executions API": call a flow and get its outputs.

use serde_json::{Value as Json, json};
use tests::{execution, shape};

use super::Desk;

const MYFLOW: &str = r#"id: myflow
namespace: company.team
tasks:
  - id: mytask
    type: io.kestra.plugin.core.debug.Return
    format: hello from kestra

outputs:
  - id: mydata
    type: STRING
    value: "{{ outputs.mytask.value }}"
    description: return some data
"#;

#[test]
fn a_flow_is_started_and_left() {
    let desk = Desk::new();
    desk.create(MYFLOW);
    let answer = desk.shell("curl -X POST  http://localhost:8080/api/v1/executions/company.team/myflow").ok();
    let base = desk.client().base();
    // The document predates `labels` and `url`.
    let documented = json!({
        "id": "1KWLxLeaXEXNDaXWP7YSKA",
        "namespace": "company.team",
        "flowId": "myflow",
        "flowRevision": 1,
        "labels": [{"key": "system.correlationId", "value": "1KWLxLeaXEXNDaXWP7YSKA"}],
        "state": {
            "current": "CREATED",
            "histories": [{"state": "CREATED", "date": "2024-07-12T05:07:28.447110427Z"}],
            "duration": "PT0.002939292S",
            "startDate": "2024-07-12T05:07:28.447110427Z"
        },
        "originalId": "1KWLxLeaXEXNDaXWP7YSKA",
        "deleted": false,
        "metadata": {"attemptNumber": 1, "originalCreatedDate": "2024-07-12T05:07:28.447113302Z"},
        "url": format!("{base}/ui/executions/company.team/myflow/1KWLxLeaXEXNDaXWP7YSKA")
    });
    shape::assert_same(&documented, &answer);
    execution::check(&answer);
}

/// What the document shows, with the outputs of the flow, and with the labels and the address that came later.
fn documented_end(base: &str) -> Json {
    let ended = |created: &str, running: &str, ended: &str| {
        json!({
            "current": "SUCCESS",
            "histories": [
                {"state": "CREATED", "date": created},
                {"state": "RUNNING", "date": running},
                {"state": "SUCCESS", "date": ended}
            ],
            "duration": "PT0.546S",
            "endDate": ended,
            "startDate": created
        })
    };
    json!({
        "id": "24znmto07B2ZGrI9IQoSSH",
        "namespace": "company.team",
        "flowId": "myflow",
        "flowRevision": 1,
        "taskRunList": [{
            "id": "4536yghIDGwqeRWZEE7AEE",
            "executionId": "24znmto07B2ZGrI9IQoSSH",
            "namespace": "company.team",
            "flowId": "myflow",
            "taskId": "mytask",
            "attempts": [{
                "state": ended("2024-07-12T05:13:42.140Z", "2024-07-12T05:13:42.140Z", "2024-07-12T05:13:42.142Z")
            }],
            "outputs": {"value": "hello from kestra"},
            "state": ended("2024-07-12T05:13:42.011Z", "2024-07-12T05:13:42.140Z", "2024-07-12T05:13:42.144Z")
        }],
        "outputs": {"mydata": "hello from kestra"},
        "labels": [{"key": "system.correlationId", "value": "24znmto07B2ZGrI9IQoSSH"}],
        "state": ended("2024-07-12T05:13:41.789Z", "2024-07-12T05:13:42.012Z", "2024-07-12T05:13:42.335Z"),
        "originalId": "24znmto07B2ZGrI9IQoSSH",
        "deleted": false,
        "metadata": {"attemptNumber": 1, "originalCreatedDate": "2024-07-12T05:13:41.789Z"},
        "url": format!("{base}/ui/executions/company.team/myflow/24znmto07B2ZGrI9IQoSSH")
    })
}

#[test]
fn a_flow_is_called() {
    let desk = Desk::new();
    desk.create(MYFLOW);
    let answer = desk
        .shell("curl -X POST 'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true'")
        .ok();
    shape::assert_same(&documented_end(&desk.client().base()), &answer);
    execution::check(&answer);
}

#[test]
fn credentials_are_taken() {
    let desk = Desk::new();
    desk.create(MYFLOW);
    let documented = documented_end(&desk.client().base());
    for command in [
        "curl -X POST 'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true' \
         -H \"Authorization: Basic $(echo -n \"username:password\" | base64)\"",
        "curl -X POST 'http://localhost:8080/api/v1/executions/company.team/myflow?wait=true' \
         -H 'Authorization: Bearer YOUR_API_TOKEN'",
    ] {
        let answer = desk.shell(command).ok();
        shape::assert_same(&documented, &answer);
        execution::check(&answer);
    }
}

/// The documents write `{tenant_id}` for it; `main` is always there.
#[test]
fn a_tenant_is_named_in_the_path() {
    let desk = Desk::new();
    desk.create(MYFLOW);
    let command = "curl -X POST 'http://localhost:8080/api/v1/{tenant_id}/executions/company.team/myflow?wait=true' \
                   -H 'Authorization: Bearer YOUR_API_TOKEN'";
    let answer = desk.shell(&command.replace("{tenant_id}", "main")).ok();
    assert_eq!(answer["tenantId"], "main");
    assert_eq!(answer["outputs"]["mydata"], "hello from kestra");
    let url = answer["url"].as_str().unwrap();
    assert!(url.contains("/ui/main/executions/company.team/myflow/"), "{url}");
    execution::check(&answer);

    let unknown = desk.shell(&command.replace("{tenant_id}", "acme"));
    assert_eq!(unknown.status, 404, "{}", unknown.body);
}

#[test]
fn the_url_leads_to_the_execution() {
    let desk = Desk::new();
    desk.create(
        "id: myflow
namespace: company.team

tasks:
  - id: long_running_task
    type: io.kestra.plugin.scripts.shell.Commands
    commands:
      - sleep 90
    taskRunner:
      type: io.kestra.plugin.core.runner.Process
",
    );
    let answer = desk.shell("curl -X POST http://localhost:8080/api/v1/executions/company.team/myflow").ok();
    let id = execution::id(&answer);
    let base = desk.client().base();
    assert_eq!(answer["url"], format!("{base}/ui/executions/company.team/myflow/{id}"));
    assert_eq!(answer["state"]["current"], "CREATED");
    execution::check(&answer);
    desk.space().until(id, "the start of its task", |it| {
        execution::task_runs(it).iter().any(|run| execution::state(run) == "RUNNING")
    });
}
