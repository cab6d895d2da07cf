//! An engine that keeps values in memory and writes down what else it is asked.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use engine::{
    execution::{Level, LogEntry},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use ports::{
    Answer,
    blobs::{Blobs, ByteStream},
    clock::Clock,
    engine::{
        Counted, Engine, Error, Existing, Expected, FileOfNamespace, Lines, LogPurge, Purge, Purged,
        Rendering, Stored, TriggerName, Value,
    },
    uri,
};
use serde_json::{Map, Value as Json, json};

use super::{Hands, Memory, template};

#[derive(Debug)]
pub(crate) struct EngineOfTest {
    clock: Arc<Hands>,
    /// Files of namespaces stand among them, under the paths of their URIs.
    blobs: Arc<Memory>,
    values: Mutex<BTreeMap<(String, String), (Value, u64)>>,
    asked: Mutex<Vec<String>>,
}

impl EngineOfTest {
    pub(super) fn new(clock: Arc<Hands>, blobs: Arc<Memory>) -> Self {
        Self { clock, blobs, values: Mutex::default(), asked: Mutex::default() }
    }

    /// What it was asked since the last call, besides values.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn note<T: Send + 'static>(&self, question: impl Debug, answer: T) -> Answer<'_, Result<T, Error>> {
        self.asked.lock().unwrap().push(format!("{question:?}"));
        Box::pin(std::future::ready(Ok(answer)))
    }

    fn stored(&self, namespace: &str, key: &str) -> Option<Stored> {
        let values = self.values.lock().unwrap();
        let (value, version) = values.get(&(namespace.to_owned(), key.to_owned()))?.clone();
        let expired = value.expires_at.is_some_and(|end| end <= self.clock.now());
        Some(Stored { value, expired, version })
    }
}

impl Engine for EngineOfTest {
    /// As many as the name of the flow has letters.
    fn count<'a>(&'a self, _: &'a str, which: &'a Counted) -> Answer<'a, Result<u64, Error>> {
        self.note(which, which.flow_id.as_ref().map_or(100, String::len) as u64)
    }

    fn resume<'a>(
        &'a self,
        _: &'a str,
        execution: ExecutionId,
        inputs: Map<String, Json>,
    ) -> Answer<'a, Result<(), Error>> {
        self.note(("resume", execution.to_string(), Json::from(inputs).to_string()), ())
    }

    fn purge<'a>(&'a self, _: &'a str, which: &'a Purge) -> Answer<'a, Result<Purged, Error>> {
        self.note(which, Purged { executions: 1, logs: 2, metrics: 4, files: 3 })
    }

    fn log_lines<'a>(
        &'a self,
        _: &'a str,
        execution: ExecutionId,
    ) -> Answer<'a, Result<Option<Lines>, Error>> {
        let line = |task: &str, level, message: &str| LogEntry {
            timestamp: Timestamp::from_millis(0),
            level,
            task_run: Some(TaskRunId::from_u128(7)),
            task_id: Some(task.to_owned()),
            attempt: 0,
            message: message.to_owned(),
        };
        let lines = vec![
            line("one", Level::Debug, "quiet"),
            line("one", Level::Info, "first"),
            line("two", Level::Error, "second \"quoted\""),
        ];
        let known = execution == ExecutionId::from_u128(1);
        let of = Lines { namespace: "company.team".into(), flow_id: "flow".into(), lines };
        Box::pin(std::future::ready(Ok(known.then_some(of))))
    }

    fn purge_logs<'a>(&'a self, _: &'a str, which: &'a LogPurge) -> Answer<'a, Result<u64, Error>> {
        self.note(which, 5)
    }

    fn value<'a>(
        &'a self,
        _: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<Option<Stored>, Error>> {
        Box::pin(async move {
            let stored = self.stored(namespace, key);
            // Others may come between a question and what is made of the answer.
            tokio::task::yield_now().await;
            Ok(stored)
        })
    }

    fn set_value<'a>(
        &'a self,
        _: &'a str,
        namespace: &'a str,
        key: &'a str,
        value: Value,
        expected: Expected,
    ) -> Answer<'a, Result<(), Error>> {
        let stored = self.stored(namespace, key);
        let fits = match expected {
            Expected::Anything => true,
            Expected::Absent => stored.as_ref().is_none_or(|it| it.expired),
            Expected::Version(version) => stored.as_ref().is_some_and(|it| it.version == version),
        };
        let set = if fits {
            let version = stored.map_or(1, |it| it.version + 1);
            self.values.lock().unwrap().insert((namespace.to_owned(), key.to_owned()), (value, version));
            Ok(())
        } else {
            Err(Error::Changed(key.to_owned()))
        };
        Box::pin(std::future::ready(set))
    }

    fn remove_value<'a>(
        &'a self,
        _: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<bool, Error>> {
        let there = self.stored(namespace, key).is_some_and(|it| !it.expired);
        self.values.lock().unwrap().remove(&(namespace.to_owned(), key.to_owned()));
        Box::pin(std::future::ready(Ok(there)))
    }

    fn keys<'a>(
        &'a self,
        _: &'a str,
        namespace: &'a str,
        prefix: &'a str,
    ) -> Answer<'a, Result<Vec<String>, Error>> {
        let values = self.values.lock().unwrap();
        let of = values.keys().filter(|(of, key)| of == namespace && key.starts_with(prefix));
        Box::pin(std::future::ready(Ok(of.map(|(_, key)| key.clone()).collect())))
    }

    fn files<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
    ) -> Answer<'a, Result<Vec<FileOfNamespace>, Error>> {
        let prefix = uri::of_namespace(tenant, namespace, "x").unwrap();
        let prefix = prefix.as_str().strip_suffix('x').unwrap();
        let files = self.blobs.below(prefix).into_iter().map(|(whole, size)| {
            let path = whole.strip_prefix(prefix).unwrap();
            let uri = uri::from_path(&uri::of_namespace(tenant, namespace, path).unwrap()).unwrap();
            FileOfNamespace { path: path.to_owned(), uri, size }
        });
        Box::pin(std::future::ready(Ok(files.collect())))
    }

    fn write_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
        content: ByteStream,
        existing: Existing,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        Box::pin(async move {
            let named = uri::of_namespace(tenant, namespace, path);
            let named = named.map_err(|error| Error::Refused(error.to_string()))?;
            if existing == Existing::Kept && self.blobs.content(named.as_str()).is_some() {
                return Ok(None);
            }
            self.blobs.put(&named, content, u64::MAX).await.unwrap();
            Ok(Some(uri::from_path(&named).unwrap()))
        })
    }

    fn remove_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
    ) -> Answer<'a, Result<bool, Error>> {
        let named = uri::of_namespace(tenant, namespace, path).unwrap();
        Box::pin(std::future::ready(Ok(self.blobs.remove(named.as_str()))))
    }

    fn toggle<'a>(
        &'a self,
        _: &'a str,
        which: &'a TriggerName,
        enabled: bool,
    ) -> Answer<'a, Result<(), Error>> {
        self.note((which, enabled), ())
    }

    /// Renders a template for real, with the further variables alone; without one it knows two questions.
    fn render<'a>(
        &'a self,
        _: &'a str,
        _: ExecutionId,
        _: TaskRunId,
        rendering: &'a Rendering,
    ) -> Answer<'a, Result<Vec<Result<String, String>>, Error>> {
        let render = |variables: &Map<String, Json>| match &*rendering.expression {
            // As far as the tests of streams go: what follows a path, with which the service asks `jq`.
            "{{ event | jq(query) | toJson }}" => {
                let pointer = variables["query"].as_str().unwrap().replace('.', "/");
                Ok(json!([variables["event"].pointer(&pointer)]).to_string())
            }
            "more than 3" => Ok((variables["count"].as_u64() > Some(3)).to_string()),
            "the count" => Ok(variables["count"].to_string()),
            it if it.contains("{{") => template::render(it, variables),
            other => Err(format!("`{other}` is not known")),
        };
        Box::pin(std::future::ready(Ok(rendering.variables.iter().map(render).collect())))
    }
}
