//! `roundtrip run --server` and `roundtrip deploy`: real processes on both sides.

mod deploy;

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Command,
    thread,
};

use serde_json::Value as Json;
use tests::{
    binary,
    command::{Done, roundtrip},
    execution::state,
    server::{Home, Server},
    shape::is_duration,
};

const FLOW: &str = r#"id: greet
namespace: remote.team

inputs:
  - { id: name, type: STRING }
  - { id: text, type: FILE, required: false }

tasks:
  - { id: hello, type: io.kestra.plugin.core.debug.Return, format: "hello {{ inputs.name }}" }
  - { id: log, type: io.kestra.plugin.core.log.Log, message: "{{ inputs.text == null ? 'no file' : fileSize(inputs.text) }} bytes" }
  - { id: odd, type: io.kestra.plugin.core.execution.Fail, condition: "{{ inputs.name == 'nobody' }}" }

outputs:
  - { id: greeting, type: STRING, value: "{{ outputs.hello.value }}" }
"#;

/// A person at a terminal, in a folder, with a server.
struct Desk {
    home: Home,
    server: Server,
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let server = home.start();
        Self { home, server }
    }

    fn folder(&self) -> &Path {
        self.home.folder()
    }

    fn write(&self, name: &str, content: &str) {
        let path = self.folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs the command against the server.
    fn run(&self, arguments: &[&str]) -> Done {
        let base = self.server.client().base();
        roundtrip(self.folder(), &[arguments, &["--server", &base]].concat())
    }

    /// What a person sees of it.
    fn seen(&self, arguments: &[&str]) -> String {
        let Done { code, stdout, stderr } = self.run(arguments);
        let text = format!("$ roundtrip {}\n{stdout}{stderr}→ {}\n", arguments.join(" "), code.unwrap());
        timeless(&text.replace(&self.server.client().base(), "http://server"))
    }
}

/// Every duration replaced, as it differs each time.
fn timeless(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((before, last)) if is_duration(last) => format!("{before} PT…\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn a_flow_runs_there_as_it_does_here() {
    let desk = Desk::new();
    desk.write("greet.yaml", FLOW);
    desk.write("text.txt", "from a file");
    for (name, revision) in [("name=you", "created remote.team/greet (revision 1)\n"), ("name=nobody", "")] {
        let arguments = ["run", "greet.yaml", "-i", name, "-f", "text=@text.txt"];
        let (here, there) = (roundtrip(desk.folder(), &arguments), desk.run(&arguments));
        assert_eq!(timeless(&there.stdout), timeless(&here.stdout), "{}", there.stderr);
        assert_eq!((there.code, there.stderr.as_str()), (here.code, revision));
    }
    desk.write("greet.yaml", &FLOW.replace("hello {{", "good day {{"));
    insta::assert_snapshot!(desk.seen(&["run", "greet.yaml", "-i", "name=you"]));
    let named = desk.run(&["run", "remote.team/greet", "-i", "name=you", "--json"]);
    let execution: Json = serde_json::from_str(&named.stdout).unwrap();
    assert_eq!((state(&execution), &execution["flowRevision"]), ("SUCCESS", &Json::from(2)));
}

#[test]
fn a_large_file_is_uploaded() {
    let desk = Desk::new();
    desk.write("greet.yaml", FLOW);
    desk.write("a large file.txt", &"0123456789abcdef".repeat(1 << 21));
    let done = desk.run(&["run", "greet.yaml", "-i", "name=you", "-f", "text=@a large file.txt", "--json"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let execution: Json = serde_json::from_str(&done.stdout).unwrap();
    let uri = execution["inputs"]["text"].as_str().unwrap();
    assert!(uri.ends_with("/inputs/text/a%20large%20file.txt"), "{uri}");
    let id = execution["id"].as_str().unwrap();
    let metas = desk.server.client().get(&format!("/api/v1/executions/{id}/file/metas?path={uri}"));
    assert_eq!(metas.expect(200).json()["size"], 32 << 20);
}

#[test]
fn a_wait_goes_on_beyond_what_the_server_waits() {
    let home = Home::new();
    let server = home.options().set("--wait-max-seconds", "1").start();
    let desk = Desk { home, server };
    desk.write(
        "slow.yaml",
        "id: slow\nnamespace: remote.team\ntasks:\n  - id: sleep\n    type: io.kestra.plugin.scripts.shell.Commands\n    \
         taskRunner: { type: io.kestra.plugin.core.runner.Process }\n    commands: [sleep 2.5]\n",
    );
    let done = desk.run(&["run", "slow.yaml"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stdout.contains("\nSUCCESS after PT"), "{}", done.stdout);
}

#[test]
fn what_a_server_cannot_run_is_told() {
    let desk = Desk::new();
    desk.write("greet.yaml", FLOW);
    desk.write("wrong.yaml", &FLOW.replace("format:", "fromat:"));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let elsewhere = |server: &str| {
        let Done { code, stdout, stderr } =
            roundtrip(desk.folder(), &["run", "remote.team/greet", "--server", server]);
        format!("{stdout}{stderr}→ {}\n", code.unwrap()).replace(&nobody.to_string(), "nobody")
    };
    let all = [
        desk.seen(&["run", "nowhere.yaml"]),
        desk.seen(&["run", "remote.team/nothing"]),
        desk.seen(&["run", "wrong.yaml"]),
        desk.seen(&["run", "greet.yaml"]),
        desk.seen(&["run", "greet.yaml", "-f", "text=@nowhere.txt"]),
        desk.seen(&["run", "greet.yaml", "-f", "name=@greet.yaml"]),
        elsewhere("nowhere"),
        elsewhere("ftp://nowhere"),
        elsewhere(&format!("http://{nobody}")),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn the_server_learns_who_asks() {
    let heads = |user: &str, token: &str| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                socket.read_exact(&mut byte).unwrap();
                head.extend(byte);
            }
            let answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";
            socket.write_all(answer.as_bytes()).unwrap();
            // What is left of the request is taken, or the answer may be lost with the connection.
            let _ = socket.read_to_end(&mut Vec::new());
            String::from_utf8(head).unwrap()
        });
        let mut command = Command::new(binary::roundtrip());
        command
            .args(["run", "remote.team/greet"])
            .env("ROUNDTRIP_SERVER", format!("http://{user}{address}/stage/"));
        if !token.is_empty() {
            command.env("ROUNDTRIP_TOKEN", token);
        }
        let done = Done::of(&mut command);
        assert_eq!(
            (done.code, done.stderr.as_str()),
            (Some(2), "error: the server answers 401 Unauthorized\n")
        );
        server.join().unwrap().to_lowercase()
    };
    let named = heads("you:pass%20word@", "");
    assert!(
        named.starts_with("post /stage/api/v1/executions/remote.team/greet?wait=true http/1.1\r\n"),
        "{named}"
    );
    assert!(named.contains("\r\nauthorization: basic ew91onbhc3mgd29yza==\r\n"), "{named}");
    assert!(heads("", "secret").contains("\r\nauthorization: bearer secret\r\n"));
    assert!(!heads("", "").contains("authorization"));
}
