//! Flows that call HTTP services: here, the server that runs them.

use serde_json::json;
use tests::{
    execution::{check, id, outline, state, task_run},
    server::{Home, Server},
    space::Space,
};

/// A task `call` of that type, to a path of the server, with these further lines.
fn call(server: &Server, of: &str, path: &str, rest: &str) -> String {
    let base = server.client().base();
    format!("  - id: call\n    type: io.kestra.plugin.core.http.{of}\n    uri: \"{base}{path}\"\n{rest}")
}

#[test]
fn a_response_becomes_an_output_of_the_flow() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "outgoing");
    space.create("greet", "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return, format: hi }\n");
    let task = call(
        &server,
        "Request",
        "/api/v1/executions/{{ flow.namespace }}/greet?wait=true",
        "    method: POST\n    contentType: multipart/form-data\n    formData: { unused: x }\n",
    );
    let outputs = "outputs:\n  - { id: code, type: INT, value: \"{{ outputs.call.code }}\" }\n  - { id: state, type: \
                   STRING, value: \"{{ fromJson(outputs.call.body).state.current }}\" }\n";
    let execution = space.play("calls", &format!("tasks:\n{task}{outputs}"));
    check(&execution);
    assert_eq!(state(&execution), "SUCCESS", "{:?}", space.messages(id(&execution)));
    assert_eq!(execution["outputs"], json!({"code": 200, "state": "SUCCESS"}));
}

#[test]
fn a_failed_response_fails_the_task_and_is_tried_again() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "outgoing");
    let retry = "    retry: { type: constant, interval: PT0.01S, maxAttempt: 2 }\n";
    let task = call(&server, "Request", "/api/v1/flows/none/such", retry);
    let execution = space.play("fails", &format!("tasks:\n{task}"));
    assert_eq!(outline(&execution), "call FAILED");
    assert_eq!(task_run(&execution, "call")["attempts"].as_array().map(Vec::len), Some(2));
    let messages = space.messages(id(&execution));
    let failed = |it: &String| it.starts_with("Failed http request with response code '404' and body:\n");
    assert_eq!(messages.iter().filter(|it| failed(it)).count(), 2, "{messages:?}");
}

#[test]
fn a_large_file_is_downloaded_into_storage() {
    const MIB: u64 = 1 << 20;
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "outgoing");
    let make = "  - id: make\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner: { type: \
                io.kestra.plugin.core.runner.Process }\n    outputFiles: [big.bin]\n    commands: [head -c 67108864 \
                /dev/zero > big.bin]\n";
    let path = "/api/v1/executions/{{ execution.id }}/file?path={{ outputs.make.outputFiles['big.bin'] }}";
    let task = call(&server, "Download", path, "");
    server.forget_peak();
    let before = server.memory().now;
    let execution = space.play("downloads", &format!("tasks:\n{make}{task}"));
    assert_eq!(state(&execution), "SUCCESS", "{:?}", space.messages(id(&execution)));
    let outputs = &task_run(&execution, "call")["outputs"];
    assert_eq!(outputs["length"], 64 * MIB);
    let uri = outputs["uri"].as_str().unwrap();
    assert!(uri.ends_with("/big.bin"), "{uri}");
    let metas = format!("/api/v1/executions/{}/file/metas?path={uri}", id(&execution));
    assert_eq!(server.client().get(&metas).expect(200).json()["size"], 64 * MIB);
    let metrics = format!("/api/v1/metrics/{}?taskId=call", id(&execution));
    let metrics = server.client().get(&metrics).expect(200).json();
    assert_eq!((&metrics["total"], &metrics["results"][0]["name"]), (&json!(1), &json!("response.length")));
    assert_eq!(metrics["results"][0]["value"].as_f64(), Some(67_108_864.0));
    let grown = server.memory().peak.saturating_sub(before);
    assert!(grown < 48 * MIB, "the server grew by {grown} bytes");
}

#[test]
fn a_server_says_how_far_its_tasks_reach() {
    let home = Home::new();
    let server = home.options().variable("ROUNDTRIP_OUTBOUND", "public").start();
    let space = Space::on(server.client(), "outgoing");
    let execution =
        space.play("calls", &format!("tasks:\n{}", call(&server, "Request", "/api/v1/flows", "")));
    assert_eq!(outline(&execution), "call FAILED");
    let messages = space.messages(id(&execution));
    assert!(
        messages[0].ends_with("tasks may not call this address here (`ROUNDTRIP_OUTBOUND` is `public`)"),
        "{messages:?}"
    );
}

#[test]
fn wrong_options_are_refused_with_the_flow() {
    let home = Home::new();
    let server = home.start();
    let space = Space::on(server.client(), "outgoing");
    let task = call(&server, "Request", "/", "    options: { timeout: { conectTimeout: PT1S } }\n");
    let refused = space.post_flow(&space.source("wrong", &format!("tasks:\n{task}"))).expect(422).text();
    assert!(refused.contains("conectTimeout") && refused.contains("did you mean"), "{refused}");
}
