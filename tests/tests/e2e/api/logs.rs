//! Log lines, as JSON and as a file.

use serde_json::json;
use tests::{
    execution::{id, task_run},
    http::Request,
    shape::is_date,
    space::Space,
};

const FLOW: &str = "
tasks:
  - { id: low, type: io.kestra.plugin.core.log.Log, level: DEBUG, message: quiet }
  - { id: high, type: io.kestra.plugin.core.log.Log, level: WARN, message: [loud, \"two\\nlines\"] }
";

#[test]
fn lines_say_where_they_come_from() {
    let space = Space::shared("logs");
    let execution = space.play("lines", FLOW);
    let lines = space.logs(id(&execution), "");
    let first = &lines[0];
    assert!(is_date(first["timestamp"].as_str().unwrap()), "{first}");
    let mut rest = first.as_object().unwrap().clone();
    rest.remove("timestamp");
    assert_eq!(
        json!(rest),
        json!({
            "namespace": space.namespace,
            "flowId": "lines",
            "taskId": "low",
            "executionId": id(&execution),
            "taskRunId": task_run(&execution, "low")["id"],
            "attemptNumber": 0,
            "level": "DEBUG",
            "message": "quiet",
            "deleted": false,
        })
    );
    assert_eq!(space.messages(id(&execution)), ["quiet", "loud", "two\nlines"]);
}

#[test]
fn lines_are_filtered() {
    let space = Space::shared("logs");
    let execution = space.play("filtered", FLOW);
    let count = |query: &str| space.logs(id(&execution), query).len();
    assert_eq!(count("?minLevel=WARN"), 2);
    assert_eq!(count("?minLevel=ERROR"), 0);
    assert_eq!(count("?taskId=low"), 1);
    let high = task_run(&execution, "high")["id"].as_str().unwrap();
    assert_eq!(count(&format!("?taskRunId={high}")), 2);
    assert_eq!(count("?taskId=low&minLevel=WARN"), 0);
}

#[test]
fn lines_are_downloaded() {
    let space = Space::shared("logs");
    let execution = space.play("downloaded", FLOW);
    let response = space.client().get(&format!("/api/v1/logs/{}/download", id(&execution))).expect(200);
    assert!(response.header("content-type").unwrap().starts_with("text/plain"));
    let disposition = response.header("content-disposition").unwrap();
    assert!(disposition.contains("attachment") && disposition.contains(".log"), "{disposition}");
    let text = response.text();
    let first = text.lines().next().unwrap();
    let (date, rest) = first.split_once(' ').unwrap();
    assert!(is_date(date), "{first}");
    assert_eq!(rest, "DEBUG quiet");
    assert!(text.ends_with(" WARN two\nlines\n"), "{text}");
}

#[test]
fn an_unknown_execution_has_no_lines() {
    let space = Space::shared("logs");
    assert!(space.logs("0000000000000000000001", "").is_empty());
    let request = Request::get("/api/v1/logs/0000000000000000000001/download");
    assert_eq!(space.client().send(&request).expect(200).text(), "");
}
