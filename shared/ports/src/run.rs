//! Running one attempt of a task that touches the world.
//!
//! A failing task is data: it comes back as an [`AttemptOutcome`] and never as an error of the engine.

use std::{fmt, sync::Arc};

use engine::{
    execution::{AttemptOutcome, LogLine},
    flow::TaskType,
    id::{ExecutionId, TaskRunId},
    machine::Directory,
};
use serde_json::{Map, Value as Json};
use tokio::sync::watch;

use crate::{
    Answer,
    blobs::{Blobs, NotAPath, Path},
    engine::Engine,
    seal::Seal,
    uri,
};

/// One attempt: what to run and where its files go.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub tenant: String,
    pub namespace: String,
    pub flow_id: String,
    pub execution: ExecutionId,
    pub task_run: TaskRunId,
    pub task_id: String,
    /// The element of the `ForEach` it stands in: the nearest, when there are several.
    pub value: Option<String>,
    /// 1 for the first.
    pub number: u32,
    /// The task's properties, rendered.
    pub properties: Map<String, Json>,
    /// The blob folder for files of this task run, under `<tenant>/files/` so that they have a URI
    /// ([`uri::from_path`]): segments without a slash at either end.
    pub folder: String,
    /// As `folder`, for what this task keeps from one execution to the next.
    pub task_folder: String,
    /// Its part in a directory that tasks share.
    pub directory: Option<Directory>,
}

impl Attempt {
    /// The file that a property names by its URI: see [`uri::resolve`].
    ///
    /// # Errors
    /// When it is no URI of a file.
    pub fn path_of(&self, uri: &str) -> Result<Path, NotAPath> {
        uri::resolve(&self.tenant, &self.namespace, uri)
    }
}

/// What an attempt may use besides its properties.
#[derive(Debug, Clone)]
pub struct Surroundings {
    pub blobs: Arc<dyn Blobs>,
    pub engine: Arc<dyn Engine>,
    /// Encrypts what the attempt found out.
    pub seal: Arc<dyn Seal>,
    /// Becomes true when the attempt has to stop: kill or timeout. Whoever runs it must come back soon after,
    /// with everything it started gone.
    pub stop: watch::Receiver<bool>,
    /// Lines as they are logged. A full channel slows the task down; it loses nothing.
    pub log: tokio::sync::mpsc::Sender<LogLine>,
}

/// A task type that touches the world.
pub trait Runnable: Send + Sync + fmt::Debug {
    /// Names, aliases and properties, by which flows are validated.
    fn task_type(&self) -> &TaskType;

    /// Runs one attempt to its end.
    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome>;

    /// This process carries the execution no longer: what attempts of this type left here for later ones goes.
    fn let_go(&self, execution: ExecutionId) {
        let _ = execution;
    }
}
