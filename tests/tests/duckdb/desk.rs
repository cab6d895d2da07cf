//! A server that can run queries, and what a user does with it.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value as Json;
use tests::{
    duckdb,
    execution::{id, state, task_run},
    http::Request,
    server::{Home, Server},
    space::Space,
};

/// `s3cr3t-word`, which is what `secret('TOKEN')` gives.
const ENCODED: &str = "czNjcjN0LXdvcmQ=";

/// A server that can run queries.
pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) space: Space,
    flows: AtomicU64,
    _home: Home,
}

impl Desk {
    /// One whose tasks reach as far as the internet.
    pub(crate) fn new(topic: &str) -> Self {
        Self::reaching(topic, "public")
    }

    pub(crate) fn reaching(topic: &str, outbound: &str) -> Self {
        duckdb::program();
        let home = Home::new();
        let server = home.options().set("--outbound", outbound).variable("SECRET_TOKEN", ENCODED).start();
        let space = Space::on(server.client(), topic);
        Self { server, space, flows: AtomicU64::new(0), _home: home }
    }

    /// Runs one query: its outputs.
    #[track_caller]
    pub(crate) fn query(&self, fetch: &str, sql: &str) -> Json {
        let ended = self.play(&format!("fetchType: {fetch}"), sql);
        assert_eq!(state(&ended), "SUCCESS", "{sql}: {:?}", self.space.messages(id(&ended)));
        task_run(&ended, "query")["outputs"].clone()
    }

    /// Runs one query that fails: what the log says.
    #[track_caller]
    pub(crate) fn refused(&self, sql: &str) -> String {
        let ended = self.play("fetchType: FETCH", sql);
        let messages = self.space.messages(id(&ended)).join("\n");
        assert_eq!(state(&ended), "FAILED", "{sql}: {}", task_run(&ended, "query")["outputs"]);
        messages
    }

    /// Runs a flow of one query with these further properties, one a line.
    #[track_caller]
    pub(crate) fn play(&self, properties: &str, sql: &str) -> Json {
        let id = format!("query{}", self.flows.fetch_add(1, Ordering::Relaxed));
        self.space.play(&id, &source(properties, sql))
    }

    /// A file of an execution.
    #[track_caller]
    pub(crate) fn file(&self, execution: &Json, uri: &Json) -> String {
        let path = format!("/api/v1/executions/{}/file", id(execution));
        let request = Request::get(&path).query("path", uri.as_str().expect("a URI is text"));
        self.space.client().send(&request).expect(200).text()
    }
}

/// The text of a flow of one query, after its `id` and `namespace`.
pub(crate) fn source(properties: &str, sql: &str) -> String {
    let indented =
        |text: &str, by: &str| -> String { text.lines().flat_map(|line| [by, line, "\n"]).collect() };
    format!(
        "tasks:\n  - id: query\n    type: io.kestra.plugin.jdbc.duckdb.Query\n{}    sql: |\n{}",
        indented(properties, "    "),
        indented(sql, "      ")
    )
}
