//! Task types that exist only here: the flows of the cases use them to see what becomes of odd tasks.

use std::sync::Arc;

use axum::body::Body;
use engine::{
    execution::{AttemptOutcome, DynamicRun, Ending, State},
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::{Map, Value as Json, json};
use tasks::Registry;

/// More than the outputs of a task run may have.
const TOO_LARGE_BYTES: usize = 1_100_000;

const LISTENERS_TEST_TASK: TaskType =
    TaskType { name: "io.kestra.core.runners.ListenersTestTask", aliases: &[], properties: &[] };
const TOO_LARGE: TaskType =
    TaskType { name: "io.kestra.core.runners.test.WorkerTaskResultTooLarge", aliases: &[], properties: &[] };
/// Makes a task run by itself, and fails afterwards when it is told to.
const DYNAMIC_TASK: TaskType = TaskType {
    name: "io.kestra.core.tasks.test.DynamicTask",
    aliases: &[],
    properties: &[PropertyType { name: "fail", shape: Shape::Boolean, required: false, dynamic: false }],
};

/// Keeps its `format` encrypted.
const ENCRYPTED: TaskType = TaskType {
    name: "io.kestra.core.tasks.test.Encrypted",
    aliases: &[],
    properties: &[PropertyType { name: "format", shape: Shape::String, required: true, dynamic: true }],
};

/// Would start an execution, and breaks before it does.
const BAD_EXECUTABLE: TaskType = TaskType {
    name: "io.kestra.core.tasks.test.BadExecutable",
    aliases: &[],
    properties: &[
        PropertyType { name: "namespace", shape: Shape::String, required: true, dynamic: true },
        PropertyType { name: "flowId", shape: Shape::String, required: true, dynamic: true },
        PropertyType { name: "wait", shape: Shape::Boolean, required: false, dynamic: false },
    ],
};

/// Reads a file of the working directory.
const READ: TaskType = TaskType {
    name: "io.kestra.core.tasks.test.Read",
    aliases: &[],
    properties: &[PropertyType { name: "path", shape: Shape::String, required: true, dynamic: true }],
};

/// Bytes of a file that it reads.
const READ_BYTES_MAX: usize = 1_000_000;

/// Brings files out of a working directory.
const LOCAL_FILES: &str = "io.kestra.plugin.core.storage.LocalFiles";

/// All of them.
pub(crate) fn all(built: &Registry) -> Vec<Arc<dyn Runnable>> {
    let local_files = built.find(LOCAL_FILES).expect("it is built");
    vec![
        Arc::new(Read { local_files: Arc::clone(local_files) }),
        Arc::new(Plain { task_type: LISTENERS_TEST_TASK, outcome: |_, _| success(Map::new()) }),
        Arc::new(Plain { task_type: TOO_LARGE, outcome: too_large }),
        Arc::new(Plain { task_type: DYNAMIC_TASK, outcome: dynamic }),
        Arc::new(Plain { task_type: ENCRYPTED, outcome: encrypted }),
        Arc::new(Plain { task_type: BAD_EXECUTABLE, outcome: |_, _| AttemptOutcome::failed("An error!") }),
    ]
}

/// A task that looks at nothing but its properties.
#[derive(Debug)]
struct Plain {
    task_type: TaskType,
    outcome: fn(&Attempt, &Surroundings) -> AttemptOutcome,
}

impl Runnable for Plain {
    fn task_type(&self) -> &TaskType {
        &self.task_type
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        let outcome = (self.outcome)(attempt, &surroundings);
        Box::pin(async move { outcome })
    }
}

/// Sees what a task of its place sees: it has the file brought out of the directory.
#[derive(Debug)]
struct Read {
    local_files: Arc<dyn Runnable>,
}

impl Runnable for Read {
    fn task_type(&self) -> &TaskType {
        &READ
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let path = attempt.properties.get("path").and_then(Json::as_str).unwrap_or_default();
            let properties = Map::from_iter([("outputs".to_owned(), json!([path]))]);
            let brings = Attempt { properties, ..attempt.clone() };
            let brought = self.local_files.run(&brings, surroundings.clone()).await;
            let name = path.trim_start_matches('/');
            let uri = brought.outputs.get("uris").and_then(|uris| uris.get(name)?.as_str());
            let Some(file) = uri.and_then(|uri| uri::to_path(&attempt.tenant, uri).ok()) else {
                return AttemptOutcome::failed(format!("there is no file `{path}`"));
            };
            let text = match surroundings.blobs.get(&file, None).await {
                Ok(reading) => axum::body::to_bytes(Body::from_stream(reading.stream), READ_BYTES_MAX)
                    .await
                    .map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            match text {
                Ok(text) => {
                    let text = String::from_utf8_lossy(&text).into_owned();
                    success(Map::from_iter([("value".to_owned(), Json::String(text))]))
                }
                Err(problem) => AttemptOutcome::failed(problem),
            }
        })
    }
}

fn success(outputs: Map<String, Json>) -> AttemptOutcome {
    AttemptOutcome::new(Ending::Success, outputs)
}

fn too_large(_: &Attempt, _: &Surroundings) -> AttemptOutcome {
    success(Map::from_iter([("value".to_owned(), Json::String("a".repeat(TOO_LARGE_BYTES)))]))
}

fn encrypted(attempt: &Attempt, surroundings: &Surroundings) -> AttemptOutcome {
    let text = attempt.properties.get("format").and_then(Json::as_str).unwrap_or_default();
    success(Map::from_iter([("value".to_owned(), surroundings.seal.seal(text))]))
}

fn dynamic(attempt: &Attempt, _: &Surroundings) -> AttemptOutcome {
    let run = DynamicRun {
        task_id: format!("{}-dynamic", attempt.task_id),
        value: None,
        state: State::Success,
        outputs: Map::new(),
    };
    let outcome = if attempt.properties.get("fail") == Some(&Json::Bool(true)) {
        AttemptOutcome::failed("it is told to fail")
    } else {
        success(Map::new())
    };
    AttemptOutcome { dynamic: vec![run], ..outcome }
}
