//! Every `curl` of the documents, as it is written there: only host and port are replaced.
//!
//! The documents give the same id to different flows, so each test has a server of its own: the one process, or with
//! `E2E_TARGET=watch` the API function under `cargo lambda watch`.

mod calling;
mod creating;
mod files;
mod inputs;
mod webhooks;

use std::process::Command;

use serde_json::Value as Json;
use tests::{
    command::Done,
    http::Client,
    server::{Home, Server},
    site::TARGET,
    watch::Watch,
};

/// A server, and a folder to call it from.
struct Desk {
    host: Host,
    home: Home,
}

/// What serves.
enum Host {
    Process(Server),
    Watch(Watch),
}

/// What `curl` got.
struct Answer {
    status: u16,
    body: String,
}

impl Desk {
    fn new() -> Self {
        let home = Home::new();
        let watched = std::env::var(TARGET).is_ok_and(|target| target == "watch");
        let host = if watched { Host::Watch(Watch::over_a_folder()) } else { Host::Process(home.start()) };
        Self { host, home }
    }

    fn client(&self) -> &Client {
        match &self.host {
            Host::Process(server) => server.client(),
            Host::Watch(watch) => watch.client(),
        }
    }

    /// Runs a command of the documents. Its `curl` is the real one, told to say the status as well.
    fn shell(&self, command: &str) -> Answer {
        let base = self.client().base();
        let there = command
            .replace("http://localhost:8080", &base)
            .replace("http://localhost:8084", &base)
            .replace("http://kestra:8080", &base);
        assert_ne!(there, command, "the command names the server");
        let script = format!(
            "curl() {{ command curl --silent --show-error --output answer --write-out '%{{http_code}}' \"$@\"; }}\n{there}"
        );
        let mut shell = Command::new("bash");
        shell.args(["-c", &script]).current_dir(self.home.folder());
        let done = Done::of(&mut shell).expect_success();
        let body = std::fs::read_to_string(self.home.folder().join("answer")).unwrap();
        Answer { status: done.stdout.parse().unwrap(), body }
    }

    /// Creates a flow, or the next revision of one, as section "Create a Flow" does.
    fn create(&self, source: &str) -> Json {
        let yaml = |request: tests::http::Request| self.client().send(&request.yaml(source));
        let id = source.lines().next().unwrap().strip_prefix("id: ").unwrap();
        let created = yaml(tests::http::Request::post("/api/v1/flows"));
        if created.status == 200 {
            return created.json();
        }
        yaml(tests::http::Request::put(&format!("/api/v1/flows/company.team/{id}"))).expect(200).json()
    }

    fn ended(&self, execution: &Json) -> Json {
        self.space().ended(tests::execution::id(execution))
    }

    fn space(&self) -> tests::space::Space {
        tests::space::Space::on(self.client(), "seeds")
    }
}

impl Answer {
    #[track_caller]
    fn ok(&self) -> Json {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}
