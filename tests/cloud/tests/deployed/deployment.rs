//! The one deployment, and what is seen of it from inside.

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use serde_json::{Value as Json, json};
use tests::{
    aws::{Aws, Service},
    cloud::Cloud,
    poll,
    space::Space,
};

/// A task that is handed over: it may take longer than a call may wait.
pub(crate) const HANDED_OVER: &str = "
tasks:
  - id: echo
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: { type: io.kestra.plugin.core.runner.Process }
    timeout: PT5M
    commands: [echo hello]
";
/// A task that ends in the call.
pub(crate) const PURE: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";

/// A deployment with nobody else in it.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) cloud: Cloud,
    pub(crate) aws: Aws,
}

/// For one test at a time. A start that failed is not tried again.
pub(crate) fn deployment() -> MutexGuard<'static, Deployment> {
    static ONE: LazyLock<Mutex<Deployment>> = LazyLock::new(|| {
        let cloud = Cloud::start();
        Mutex::new(Deployment { aws: cloud.aws(), cloud })
    });
    // A test that failed has told so itself.
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Deployment {
    pub(crate) fn space(&self, topic: &str) -> Space {
        Space::on(self.cloud.client(), topic)
    }

    /// Messages that wait in a queue, and those that somebody has received.
    pub(crate) fn messages(&self, queue: &str) -> (usize, usize) {
        let (waiting, taken) = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible");
        let asked = json!({"QueueUrl": self.cloud.output(queue), "AttributeNames": [waiting, taken]});
        let answer = self.aws.call(Service::Sqs, "GetQueueAttributes", &asked);
        let number = |name: &str| answer["Attributes"][name].as_str().unwrap().parse().unwrap();
        (number(waiting), number(taken))
    }

    /// One tick of the clock.
    pub(crate) fn tick(&self) {
        self.aws.invoke(self.cloud.output("SchedulerName"), &json!({}));
    }

    /// Keeps the worker from its queue until dropped.
    pub(crate) fn without_worker(&self) -> Stopped<'_> {
        self.without("WorkerName")
    }

    /// Keeps the worker with that name among the outputs from its queue until dropped.
    pub(crate) fn without(&self, name: &str) -> Stopped<'_> {
        let path = "/2015-03-31/event-source-mappings/";
        let all: Json = serde_json::from_slice(&self.aws.lambda("GET", path, &Json::Null).body).unwrap();
        let worker = self.cloud.output(name);
        let mut all = all["EventSourceMappings"].as_array().unwrap().iter();
        let mapping = all.find(|it| it["FunctionArn"].as_str().unwrap().ends_with(&format!(":{worker}")));
        let path = format!("{path}{}", mapping.expect("the worker has a queue")["UUID"].as_str().unwrap());
        let stopped = Stopped { aws: &self.aws, path };
        stopped.enable(false);
        stopped
    }

    /// What a function has written, invocation by invocation. `group` is the end of its log group's name.
    pub(crate) fn invocations(&self, group: &str) -> Vec<Invocation> {
        let mut all: Vec<Invocation> = Vec::new();
        for (stream, line) in self.aws.log_lines(&format!("/roundtrip/local/{group}")) {
            if let Some(rest) = line.strip_prefix("START RequestId: ") {
                let request_id = rest.split_once(' ').map_or(rest, |(id, _)| id).to_owned();
                all.push(Invocation { stream, request_id, lines: Vec::new() });
            } else if !line.starts_with("END RequestId: ") && !line.starts_with("REPORT RequestId: ") {
                let json = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                let whose = all.iter_mut().rfind(|invocation| invocation.stream == stream);
                whose.expect("an invocation starts with a line").lines.push(json);
            }
        }
        all
    }

    /// A line of a function with this message for which that holds, once it is there.
    #[track_caller]
    pub(crate) fn line(&self, group: &str, message: &str, holds: impl Fn(&Json) -> bool) -> Json {
        poll::until(message, || {
            let mut lines = self.invocations(group).into_iter().flat_map(|it| it.lines);
            lines.find(|line| line["message"] == message && holds(line))
        })
    }
}

/// Everything one invocation has written.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// Of the process that ran it.
    stream: String,
    pub(crate) request_id: String,
    pub(crate) lines: Vec<Json>,
}

impl Invocation {
    /// The lines that are metrics.
    pub(crate) fn reports(&self) -> Vec<&Json> {
        self.lines.iter().filter(|line| line.get("_aws").is_some()).collect()
    }
}

/// A worker that gets no messages.
#[derive(Debug)]
pub(crate) struct Stopped<'d> {
    aws: &'d Aws,
    path: String,
}

impl Stopped<'_> {
    fn enable(&self, enabled: bool) {
        self.aws.lambda("PUT", &self.path, &json!({ "Enabled": enabled })).expect(200);
    }
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.enable(true);
    }
}
