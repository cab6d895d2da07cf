//! Files: in as inputs, out again whole or in part.

use serde_json::json;
use tests::{
    execution::{id, state},
    http::{Request, encoded},
    multipart::Form,
    space::Space,
};

const FLOW: &str = "
inputs:
  - { id: text, type: FILE }
tasks:
  - { id: show, type: io.kestra.plugin.core.debug.Return, format: \"{{ read(inputs.text) }}\" }
";

#[test]
fn a_file_goes_in_and_comes_out() {
    let space = Space::shared("files");
    space.create("reads", FLOW);
    let execution = space.run_with("reads", Form::new().file("files", "text", b"hello"));
    assert_eq!(execution["taskRunList"][0]["outputs"]["value"], "hello");
    let uri = execution["inputs"]["text"].as_str().unwrap();
    let folder = space.namespace.replace('.', "/");
    let prefix = format!("kestra:///{folder}/reads/executions/{}/inputs/text/", id(&execution));
    assert!(uri.starts_with(&prefix), "{uri} instead of {prefix}…");

    let file = format!("/api/v1/executions/{}/file", id(&execution));
    let whole = space.client().get(&format!("{file}?path={}", encoded(uri))).expect(200);
    assert_eq!(whole.body, b"hello");
    assert_eq!(whole.header("content-type"), Some("application/octet-stream"));
    assert!(whole.header("content-disposition").unwrap().starts_with("attachment; filename="));
    let metas = space.client().get(&format!("{file}/metas?path={}", encoded(uri))).expect(200);
    assert_eq!(metas.json(), json!({"size": 5}));
}

#[test]
fn a_part_of_a_file_comes_out() {
    let space = Space::shared("files");
    space.create("reads", FLOW);
    let execution = space.run_with("reads", Form::new().file("files", "text", b"0123456789"));
    let uri = encoded(execution["inputs"]["text"].as_str().unwrap());
    let part = |range: &str| {
        let target = format!("/api/v1/executions/{}/file?path={uri}", id(&execution));
        space.client().send(&Request::get(&target).header("Range", range))
    };
    for (range, content, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-3", "789", "bytes 7-9/10"),
        ("bytes=0-99", "0123456789", "bytes 0-9/10"),
    ] {
        let response = part(range).expect(206);
        assert_eq!(response.text(), content, "{range}");
        assert_eq!(response.header("content-range"), Some(content_range));
    }
    let beyond = part("bytes=10-").expect(416);
    assert_eq!(beyond.header("content-range"), Some("bytes */10"));
    assert_eq!(part("lines=1-2").expect(200).text(), "0123456789");
}

#[test]
fn both_ways_to_name_a_file_are_known() {
    let space = Space::shared("files");
    space.create("reads", FLOW);
    for form in [
        Form::new().file("files", "text", b"x"),
        Form::new().file("text", "report.txt", b"x"),
        Form::new().file("text", "text", b"x"),
    ] {
        let execution = space.run_with("reads", form);
        assert_eq!(state(&execution), "SUCCESS");
        assert_eq!(execution["taskRunList"][0]["outputs"]["value"], "x");
    }
}

#[test]
fn a_file_name_leads_nowhere_else() {
    let space = Space::shared("files");
    space.create("reads", FLOW);
    let folder = format!("kestra:///{}/reads/executions/", space.namespace.replace('.', "/"));
    for name in ["../../../../etc/passwd", "/etc/passwd", "..", "a/b/c.txt", "a\\b", "ä ö%2e%2e.txt"] {
        let execution = space.run_with("reads", Form::new().file("text", name, b"mine"));
        assert_eq!(execution["taskRunList"][0]["outputs"]["value"], "mine", "{name}");
        let uri = execution["inputs"]["text"].as_str().unwrap();
        assert!(uri.starts_with(&format!("{folder}{}/inputs/text/", id(&execution))), "{uri}");
        assert!(!uri.split('/').any(|segment| segment == ".."), "{uri}");
    }
}

#[test]
fn an_unknown_execution_has_no_files() {
    let space = Space::shared("files");
    let unknown = space.client().get("/api/v1/executions/0000000000000000000001/file?path=kestra:///a/b");
    let message = unknown.expect(404).message();
    assert!(message.contains("execution id '0000000000000000000001'"), "{message}");
}
