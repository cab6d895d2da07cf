use engine::{
    execution::{Attempt, Execution, ExecutionTrigger, State, StateLog, TaskRun},
    flow::Label,
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use futures_util::StreamExt;
use insta::assert_snapshot;
use serde_json::{Map, Value as Json, json};

use super::{View, WIDE, bytes, pieces, text, url};
use crate::tenant::{Tenant, named};

fn at(text: &str) -> Timestamp {
    format!("2024-07-12T05:13:{text}Z").parse().unwrap()
}

fn log(entries: &[(State, &str)]) -> StateLog {
    let (state, date) = entries[0];
    let mut log = StateLog::new(state, at(date));
    for (state, date) in &entries[1..] {
        log.enter(*state, at(date));
    }
    log
}

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn created() -> Execution {
    let id = ExecutionId::from_u128(7);
    Execution::created(id, "main", ("company.team", "myflow", 3), at("41.789"))
}

fn ended() -> Execution {
    let attempt = Attempt {
        state: log(&[(State::Created, "42.140"), (State::Running, "42.140"), (State::Success, "42.142")]),
        deadline: None,
        lost: false,
        alerted: false,
        log_file: None,
        metrics: vec![engine::execution::Metric::counter("length", 1)],
        worked: None,
    };
    let run = TaskRun {
        parent: Some(TaskRunId::from_u128(9)),
        value: Some("1".to_owned()),
        iteration: Some(0),
        attempts: vec![attempt],
        outputs: map(json!({ "value": "hello", "none": null })),
        state: log(&[(State::Created, "42.011"), (State::Running, "42.140"), (State::Success, "42.144")]),
        ..TaskRun::created(TaskRunId::from_u128(8), "mytask", at("42.011"))
    };
    let waiting = TaskRun {
        state: log(&[(State::Created, "42.011"), (State::Paused, "42.020")]),
        ..TaskRun::created(TaskRunId::from_u128(10), "pause", at("42.011"))
    };
    Execution {
        inputs: map(json!({ "greeting": "hey", "optional": null, "float": 42.42 })),
        outputs: Some(map(json!({ "mydata": "hello" }))),
        labels: vec![Label::new("a", "b")],
        variables: map(json!({ "v": [1] })),
        state: log(&[(State::Created, "41.789"), (State::Running, "42.012"), (State::Failed, "42.335")]),
        task_runs: [run, waiting].into_iter().collect(),
        parent_id: Some(ExecutionId::from_u128(6)),
        trigger: Some(ExecutionTrigger {
            id: "hook".to_owned(),
            type_name: "io.kestra.plugin.core.trigger.Webhook".to_owned(),
            variables: map(json!({ "body": "x" })),
        }),
        schedule_date: Some(at("40.000")),
        ..created()
    }
}

#[test]
fn a_new_execution_shows_only_what_there_is() {
    let view = View { now: at("42.000"), tenant: None, url: None };
    assert_snapshot!(text(&created(), &view), @r#"
    {"id":"0000000000000000000007","namespace":"company.team","flowId":"myflow","flowRevision":3,"state":{"current":"CREATED","histories":[{"state":"CREATED","date":"2024-07-12T05:13:41.789Z"}],"duration":"PT0.211S","startDate":"2024-07-12T05:13:41.789Z"},"originalId":"0000000000000000000007","deleted":false,"metadata":{"attemptNumber":1,"originalCreatedDate":"2024-07-12T05:13:41.789Z"}}
    "#);
}

/// The execution that has ended, as JSON: its task runs, and the rest of it.
fn shown() -> (Json, Json) {
    let view = View { now: at("59.000"), tenant: Some("main"), url: Some("/ui/x") };
    let mut json: Json = serde_json::from_slice(&bytes(&ended(), &view)).unwrap();
    let runs = json["taskRunList"].take();
    (runs, json)
}

#[test]
fn every_field_has_kestras_name_and_place() {
    assert_snapshot!(serde_json::to_string_pretty(&shown().1).unwrap(), @r#"
    {
      "tenantId": "main",
      "id": "0000000000000000000007",
      "namespace": "company.team",
      "flowId": "myflow",
      "flowRevision": 3,
      "taskRunList": null,
      "inputs": {
        "greeting": "hey",
        "optional": null,
        "float": 42.42
      },
      "outputs": {
        "mydata": "hello"
      },
      "labels": [
        {
          "key": "a",
          "value": "b"
        }
      ],
      "variables": {
        "v": [
          1
        ]
      },
      "state": {
        "current": "FAILED",
        "histories": [
          {
            "state": "CREATED",
            "date": "2024-07-12T05:13:41.789Z"
          },
          {
            "state": "RUNNING",
            "date": "2024-07-12T05:13:42.012Z"
          },
          {
            "state": "FAILED",
            "date": "2024-07-12T05:13:42.335Z"
          }
        ],
        "duration": "PT0.546S",
        "endDate": "2024-07-12T05:13:42.335Z",
        "startDate": "2024-07-12T05:13:41.789Z"
      },
      "parentId": "0000000000000000000006",
      "originalId": "0000000000000000000007",
      "trigger": {
        "id": "hook",
        "type": "io.kestra.plugin.core.trigger.Webhook",
        "variables": {
          "body": "x"
        }
      },
      "deleted": false,
      "metadata": {
        "attemptNumber": 1,
        "originalCreatedDate": "2024-07-12T05:13:41.789Z"
      },
      "scheduleDate": "2024-07-12T05:13:40.000Z",
      "url": "/ui/x"
    }
    "#);
}

#[test]
fn a_task_run_has_its_attempts_and_outputs() {
    assert_snapshot!(serde_json::to_string_pretty(&shown().0[0]).unwrap(), @r#"
    {
      "id": "0000000000000000000008",
      "executionId": "0000000000000000000007",
      "namespace": "company.team",
      "flowId": "myflow",
      "taskId": "mytask",
      "parentTaskRunId": "0000000000000000000009",
      "value": "1",
      "attempts": [
        {
          "state": {
            "current": "SUCCESS",
            "histories": [
              {
                "state": "CREATED",
                "date": "2024-07-12T05:13:42.140Z"
              },
              {
                "state": "RUNNING",
                "date": "2024-07-12T05:13:42.140Z"
              },
              {
                "state": "SUCCESS",
                "date": "2024-07-12T05:13:42.142Z"
              }
            ],
            "duration": "PT0.002S",
            "endDate": "2024-07-12T05:13:42.142Z",
            "startDate": "2024-07-12T05:13:42.140Z"
          }
        }
      ],
      "outputs": {
        "value": "hello",
        "none": null
      },
      "state": {
        "current": "SUCCESS",
        "histories": [
          {
            "state": "CREATED",
            "date": "2024-07-12T05:13:42.011Z"
          },
          {
            "state": "RUNNING",
            "date": "2024-07-12T05:13:42.140Z"
          },
          {
            "state": "SUCCESS",
            "date": "2024-07-12T05:13:42.144Z"
          }
        ],
        "duration": "PT0.133S",
        "endDate": "2024-07-12T05:13:42.144Z",
        "startDate": "2024-07-12T05:13:42.011Z"
      },
      "iteration": 0
    }
    "#);
    assert_snapshot!(shown().0[1], @r#"
    {"id":"000000000000000000000A","executionId":"0000000000000000000007","namespace":"company.team","flowId":"myflow","taskId":"pause","outputs":{},"state":{"current":"PAUSED","histories":[{"state":"CREATED","date":"2024-07-12T05:13:42.011Z"},{"state":"PAUSED","date":"2024-07-12T05:13:42.020Z"}],"duration":"PT0.009S","endDate":"2024-07-12T05:13:42.020Z","startDate":"2024-07-12T05:13:42.011Z"}}
    "#);
}

#[test]
fn what_a_task_run_may_have_besides_is_shown() {
    let mut execution = created();
    let attempt = Attempt {
        state: log(&[(State::Running, "42.140")]),
        deadline: None,
        lost: false,
        alerted: false,
        log_file: Some("kestra:///x.txt".to_owned()),
        metrics: Vec::new(),
        worked: None,
    };
    execution.task_runs.push(TaskRun {
        attempts: vec![attempt],
        iteration: Some(2),
        dynamic: true,
        ..TaskRun::created(TaskRunId::from_u128(8), "mytask", at("42.011"))
    });
    let view = View { now: at("59.000"), tenant: None, url: None };
    let json: Json = serde_json::from_slice(&bytes(&execution, &view)).unwrap();
    let run = &json["taskRunList"][0];
    assert_eq!(run["attempts"][0]["logFile"], "kestra:///x.txt");
    assert_eq!((&run["iteration"], &run["dynamic"]), (&json!(2), &json!(true)));
}

#[tokio::test]
async fn an_execution_in_pieces_is_the_same_execution() {
    for count in [1, WIDE - 1, WIDE, 3 * WIDE + 1] {
        let mut execution = ended();
        execution.task_runs = (0..count)
            .map(|id| TaskRun::created(TaskRunId::from_u128(id as u128), "mytask", at("42.011")))
            .collect();
        let view = View { now: at("59.000"), tenant: Some("main"), url: Some("/ui/x") };
        let whole: Json = serde_json::from_slice(&bytes(&execution, &view)).unwrap();
        let pieces: Vec<_> = pieces(execution, &view).collect().await;
        assert!(pieces.len() > count / WIDE, "{} pieces", pieces.len());
        let joined: Vec<u8> = pieces.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!(serde_json::from_slice::<Json>(&joined).unwrap(), whole);
    }
}

#[test]
fn empty_outputs_are_no_outputs() {
    let execution = Execution { outputs: Some(Map::new()), ..created() };
    let view = View { now: at("42.000"), tenant: None, url: None };
    assert_eq!(text(&execution, &view), text(&created(), &view));
}

#[test]
fn a_url_has_one_slash_after_the_server() {
    let path = "/ui/executions/company.team/myflow/0000000000000000000007";
    assert_eq!(url(None, Tenant::Implied, &created()), path);
    assert_eq!(url(Some("http://h:1/"), Tenant::Implied, &created()), format!("http://h:1{path}"));
    assert_eq!(
        url(Some("http://h:1"), named("main"), &created()),
        "http://h:1/ui/main/executions/company.team/myflow/0000000000000000000007"
    );
}
