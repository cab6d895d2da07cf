//! Flows in a folder, and how a server is told what it needs.

use std::{fs, process::Command};

use tests::{
    binary,
    command::{self, Done},
    execution::state,
    server::Home,
};

const FLOW: &str = "id: greet\nnamespace: from.folder\ntasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return, \
                    format: one }\n";

#[test]
fn flows_of_a_folder_are_created_and_updated() {
    let home = Home::new();
    let folder = home.folder().join("flows");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("greet.yaml"), FLOW).unwrap();
    fs::write(folder.join("notes.txt"), "no flow").unwrap();
    let options = home.options().set("--flows", folder.to_str().unwrap());
    let revision = |server: &tests::server::Server| {
        server.client().get("/api/v1/flows/from.folder/greet").expect(200).json()["revision"].clone()
    };
    let server = options.start();
    assert_eq!(revision(&server), 1);
    server.stop();
    let server = options.start();
    assert_eq!(revision(&server), 1, "nothing has changed");
    server.stop();
    fs::write(folder.join("greet.yaml"), FLOW.replace("one", "two")).unwrap();
    assert_eq!(revision(&options.start()), 2);
}

#[test]
fn a_wrong_flow_keeps_the_server_from_starting() {
    let home = Home::new();
    fs::write(home.folder().join("a.yaml"), FLOW.replace("tasks", "task")).unwrap();
    let folder = home.folder();
    let done =
        command::roundtrip(folder, &["serve", "--listen", "127.0.0.1:0", "--data", "data", "--flows", "."]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(done.stderr.contains("a.yaml"), "{}", done.stderr);
    assert!(done.stderr.contains("task"), "{}", done.stderr);
}

#[test]
fn settings_come_from_the_environment() {
    let home = Home::new();
    let folder = home.folder().join("flows");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("greet.yml"), FLOW).unwrap();
    let options = home.options().variable("ROUNDTRIP_FLOWS", folder.to_str().unwrap());
    let server = options.variable("ROUNDTRIP_URL", "https://example.com/flows/").start();
    let request = tests::http::Request::post("/api/v1/executions/from.folder/greet?wait=true");
    let execution = server.client().send(&request).expect(200).json();
    assert_eq!(state(&execution), "SUCCESS");
    let url = execution["url"].as_str().unwrap();
    assert!(url.starts_with("https://example.com/flows/ui/executions/from.folder/greet/"), "{url}");
}

#[test]
fn a_folder_has_one_server() {
    let home = Home::new();
    let _first = home.start();
    let mut second = Command::new(binary::roundtrip());
    second.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(home.folder().join("data"));
    let done = Done::of(&mut second);
    assert_ne!(done.code, Some(0));
    assert!(done.stderr.starts_with("error: "), "{}", done.stderr);
}
