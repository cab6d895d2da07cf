//! A namespace of one's own on a server, and what a user does in it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::Value as Json;

use crate::{
    execution::is_terminal,
    http::{Client, Request, Response},
    multipart::Form,
    poll, site,
};

/// Flows and executions that no other test sees.
#[derive(Debug, Clone)]
pub struct Space {
    client: Client,
    pub namespace: String,
}

impl Space {
    /// On the shared server.
    pub fn shared(topic: &str) -> Self {
        Self::on(site::client(), topic)
    }

    /// On this one.
    pub fn on(client: &Client, topic: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // A deployment remembers earlier runs.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let namespace = format!("e2e.{topic}.n{now}.n{}.n{count}", std::process::id());
        Self { client: client.clone(), namespace }
    }

    /// The same namespace on another server, or on the same one after a restart.
    #[must_use]
    pub fn at(&self, client: &Client) -> Self {
        Self { client: client.clone(), namespace: self.namespace.clone() }
    }

    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The text of a flow: `rest` follows after its `id` and `namespace`.
    pub fn source(&self, id: &str, rest: &str) -> String {
        format!("id: {id}\nnamespace: {}\n{}\n", self.namespace, rest.trim_start_matches('\n'))
    }

    /// Creates a flow.
    #[track_caller]
    pub fn create(&self, id: &str, rest: &str) -> Json {
        self.post_flow(&self.source(id, rest)).expect(200).json()
    }

    #[track_caller]
    pub fn post_flow(&self, source: &str) -> Response {
        self.client.send(&Request::post("/api/v1/flows").yaml(source))
    }

    #[track_caller]
    pub fn put_flow(&self, id: &str, rest: &str) -> Response {
        let target = format!("/api/v1/flows/{}/{id}", self.namespace);
        self.client.send(&Request::put(&target).yaml(&self.source(id, rest)))
    }

    /// Where executions of a flow are created.
    pub fn path(&self, flow: &str) -> String {
        format!("/api/v1/executions/{}/{flow}", self.namespace)
    }

    /// A request that creates an execution and waits for its end.
    pub fn call(&self, flow: &str) -> Request {
        Request::post(&self.path(flow)).query("wait", "true")
    }

    /// Runs a flow to its end.
    #[track_caller]
    pub fn run(&self, flow: &str) -> Json {
        self.client.send(&self.call(flow)).expect(200).json()
    }

    /// Runs a flow to its end with these inputs.
    #[track_caller]
    pub fn run_with(&self, flow: &str, inputs: Form) -> Json {
        self.client.send(&self.call(flow).form(inputs)).expect(200).json()
    }

    /// Creates a flow and runs it.
    #[track_caller]
    pub fn play(&self, id: &str, rest: &str) -> Json {
        self.create(id, rest);
        self.run(id)
    }

    /// Starts a flow and leaves it.
    #[track_caller]
    pub fn start(&self, flow: &str) -> Json {
        self.client.send(&Request::post(&self.path(flow))).expect(200).json()
    }

    #[track_caller]
    pub fn execution(&self, id: &str) -> Json {
        self.client.get(&format!("/api/v1/executions/{id}")).expect(200).json()
    }

    /// The execution once `holds` does.
    #[track_caller]
    pub fn until(&self, id: &str, what: &str, holds: impl Fn(&Json) -> bool) -> Json {
        poll::until(what, || Some(self.execution(id)).filter(&holds))
    }

    /// The execution once it has ended.
    #[track_caller]
    pub fn ended(&self, id: &str) -> Json {
        self.until(id, "the end of the execution", is_terminal)
    }

    /// Its log lines.
    #[track_caller]
    pub fn logs(&self, id: &str, query: &str) -> Vec<Json> {
        let lines = self.client.get(&format!("/api/v1/logs/{id}{query}")).expect(200).json();
        lines.as_array().expect("log lines are a list").clone()
    }

    /// The messages of its log lines.
    #[track_caller]
    pub fn messages(&self, id: &str) -> Vec<String> {
        let text = |line: &Json| line["message"].as_str().expect("a message is text").to_owned();
        self.logs(id, "").iter().map(text).collect()
    }
}
