//! What tasks measured.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use crate::app::App;

const DAY: Duration = Duration::from_hours(24);

const FLOW: &str = "
inputs:
  - { id: text, type: STRING, defaults: four }
tasks:
  - { id: b, type: io.kestra.plugin.core.debug.Return, format: '{{ inputs.text }}' }
  - { id: a, type: io.kestra.plugin.core.debug.Return, format: ab }
  - { id: log, type: io.kestra.plugin.core.log.Log, message: measures nothing }
";

async fn app() -> (App, String) {
    let app = App::new();
    app.flow("f", FLOW).await;
    let id = app.post("/api/v1/executions/company.team/f?wait=true").await.id();
    (app, id)
}

fn field(page: &Json, name: &str) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|it| it[name].to_string().replace('"', "")).collect()
}

#[tokio::test]
async fn metrics_of_an_execution_are_listed() {
    let (app, id) = app().await;
    assert_snapshot!(app.get(&format!("/api/v1/metrics/{id}?taskId=b&size=1")).await.shown(), @r#"
    200 OK
    content-length: 264
    content-type: application/json

    {
      "results": [
        {
          "namespace": "company.team",
          "flowId": "f",
          "taskId": "b",
          "executionId": "0000000000000000000001",
          "taskRunId": "0000000000000000000002",
          "type": "counter",
          "name": "length",
          "value": 4.0,
          "timestamp": "2024-07-12T05:13:42.140Z",
          "tags": {},
          "deleted": false
        }
      ],
      "total": 2
    }
    "#);
    let list = async |query: &str| app.get(&format!("/api/v1/metrics/{id}{query}")).await.json();
    let all = list("").await;
    assert_eq!(all["total"], 4);
    assert_eq!(field(&all, "taskId"), ["b", "b", "a", "a"]);
    assert_eq!(field(&all, "name"), ["length", "duration", "length", "duration"]);
    let second = list("?page=2&size=3").await;
    assert_eq!((&second["total"], field(&second, "name")), (&json!(4), vec!["duration".to_owned()]));
    let run = all["results"][2]["taskRunId"].as_str().unwrap();
    assert_eq!(field(&list(&format!("?taskRunId={run}")).await, "taskId"), ["a", "a"]);
    assert_eq!(list(&format!("?taskRunId={run}&taskId=b")).await["total"], 0);
    let sorted = list("?sort=name:desc&sort=value:asc").await;
    assert_eq!(field(&sorted, "value"), ["2.0", "4.0", "0.0", "0.0"]);
    let sorted = list("?sort=executionId:asc&sort=taskId:asc&sort=timestamp:desc&sort=taskrunId:asc").await;
    assert_eq!(field(&sorted, "taskId"), ["a", "a", "b", "b"]);
    let tenant = app.get(&format!("/api/v1/main/metrics/{id}")).await.json();
    assert_eq!(tenant, all);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused() {
    let (app, id) = app().await;
    assert_snapshot!(app.get(&format!("/api/v1/metrics/{id}?size=0&sort=size:asc&taskRunId=!")).await.error(), @"
    422 Invalid entity: size: must be greater than or equal to 1
    Failed to convert argument [taskRunId] for value [!]: it has to be the id of a task run
    Invalid sort parameter: size:asc; it is written key:asc or key:desc, and the keys are namespace, flowId, taskId, executionId, taskRunId, name, timestamp, value
    ");
    let aggregates = "/api/v1/metrics/aggregates/company.team/f/length";
    let query = "?startDate=yesterday&aggregation=median";
    assert_snapshot!(app.get(&format!("{aggregates}{query}")).await.error(), @"
    422 Internal server error: Failed to convert argument [startDate] for value [yesterday]: it has to be an ISO-8601 date-time with offset, such as 2024-07-12T05:13:42.140Z (a + is sent as %2B)
    Failed to convert argument [aggregation] for value [median]: it has to be one of sum, avg, min, max
    ");
    let query = "?startDate=2024-01-02T00:00:00Z&endDate=2024-01-01T00:00:00Z";
    assert_snapshot!(app.get(&format!("{aggregates}{query}")).await.error(), @"422 Illegal argument: Start date must be before End Date");
    assert_snapshot!(app.get(&format!("{aggregates}?startDate=1900-01-02T00:00:00Z")).await.error(), @"422 Illegal argument: the time has more than 1000 steps of a month; choose a later `startDate` or an earlier `endDate`");
}

#[tokio::test]
async fn an_execution_shows_its_metrics_nowhere_else() {
    let (app, id) = app().await;
    let shown = app.get(&format!("/api/v1/executions/{id}")).await.text();
    assert!(!shown.contains("metric") && !shown.contains("length"), "{shown}");
}

#[tokio::test]
async fn who_is_unknown_measured_nothing() {
    let app = App::new();
    for id in ["0000000000000000000042", "nobody"] {
        let answer = app.get(&format!("/api/v1/metrics/{id}")).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"results": [], "total": 0})));
    }
    for path in ["names/company.team/no", "names/company.team/no/task", "tasks/company.team/no"] {
        assert_eq!(app.get(&format!("/api/v1/metrics/{path}")).await.text(), "[]");
    }
    let nothing = app.get("/api/v1/metrics/aggregates/company.team/no/length").await.json();
    let values = nothing["aggregations"].as_array().unwrap();
    assert!(values.len() == 31 && values.iter().all(|it| it["value"] == 0.0), "{nothing}");
}

#[tokio::test]
async fn names_and_tasks_of_a_flow_are_listed() {
    let (app, _) = app().await;
    let get = async |path: &str| app.get(&format!("/api/v1/metrics/{path}")).await.text();
    assert_eq!(get("names/company.team/f").await, r#"["duration","length"]"#);
    assert_eq!(get("names/company.team/f/a").await, r#"["duration","length"]"#);
    assert_eq!(get("names/company.team/f/log").await, "[]");
    assert_eq!(get("tasks/company.team/f").await, r#"["a","b"]"#);
    // Whatever its tasks are now.
    app.service.update_flow("main", "company.team", "f", "id: f\nnamespace: company.team\ntasks:\n  - { id: c, type: io.kestra.plugin.core.log.Log, message: c }\n").await.unwrap();
    assert_eq!(get("tasks/company.team/f").await, r#"["a","b"]"#);
}

#[tokio::test]
async fn a_metric_is_put_together_over_a_time() {
    let (app, _) = app().await;
    for text in ["1", "1234567"] {
        app.advance(DAY);
        for _ in 0..2 {
            let form =
                format!("--x\r\ncontent-disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n--x--\r\n");
            let create = "/api/v1/executions/company.team/f?wait=true";
            app.post_body(create, "multipart/form-data; boundary=x", form).await.id();
        }
    }
    let values = async |path: &str| {
        let json = app.get(&format!("/api/v1/metrics/aggregates/company.team/f/{path}")).await.json();
        let steps = json["aggregations"].as_array().unwrap().clone();
        let last = steps.iter().rev().take(3).rev().map(|it| it["value"].as_f64().unwrap());
        (json["groupBy"].as_str().unwrap().to_owned(), steps.len(), last.collect::<Vec<_>>())
    };
    let of = |steps, values: [f64; 3]| ("day".to_owned(), steps, values.to_vec());
    assert_eq!(values("length").await, of(31, [6.0, 6.0, 18.0]));
    assert_eq!(values("b/length").await, of(31, [4.0, 2.0, 14.0]));
    assert_eq!(values("length?aggregation=avg").await, of(31, [3.0, 1.5, 4.5]));
    assert_eq!(values("length?aggregation=min").await, of(31, [2.0, 1.0, 2.0]));
    assert_eq!(values("length?aggregation=max").await, of(31, [4.0, 2.0, 7.0]));
    assert_eq!(values("log/length").await, of(31, [0.0, 0.0, 0.0]));
    let until = "endDate=2024-07-13T05:13:42.139Z";
    assert_eq!(
        values(&format!("b/length?startDate=2024-07-11T00:00:00Z&{until}")).await,
        of(3, [0.0, 4.0, 0.0])
    );
    let hours = "startDate=2024-07-12T01:00:00Z&endDate=2024-07-12T08:30:00Z";
    assert_snapshot!(app.get(&format!("/api/v1/metrics/aggregates/company.team/f/a/length?{hours}")).await.text(), @r#"{"groupBy":"hour","aggregations":[{"name":"length","value":0.0,"date":"2024-07-12T01:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T02:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T03:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T04:00:00.000Z"},{"name":"length","value":2.0,"date":"2024-07-12T05:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T06:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T07:00:00.000Z"},{"name":"length","value":0.0,"date":"2024-07-12T08:00:00.000Z"}]}"#);
}
