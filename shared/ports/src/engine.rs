//! What a task may ask of the engine that runs it.
//!
//! Everything is asked within one tenant: that of the attempt. A task sees no more of the engine than this.
//!
//! # Promises (and no more)
//! * What was acknowledged is durable, and seen by every later question about the same key or execution.
//! * Counts and purges read the listing of executions, which may lag behind a moment.

mod files;
mod questions;
mod values;

use std::fmt;

use engine::id::{ExecutionId, TaskRunId};
use serde_json::{Map, Value as Json};

pub use self::{
    files::{Existing, FileOfNamespace},
    questions::{Counted, Lines, LogPurge, Purge, Purged, Rendering, TriggerName},
    values::{Expected, Kind, Stored, Value},
};
use crate::{Answer, blobs::ByteStream};

/// Why the engine did not do what a task asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It cannot be done. The text is what the task fails with.
    #[error("{0}")]
    Refused(String),
    /// A value is not as the task expected it.
    #[error("the value of the key '{0}' was changed by somebody else")]
    Changed(String),
    /// Not now.
    #[error("the engine cannot be asked now: {0}")]
    Unavailable(String),
}

/// See the module for what is promised.
pub trait Engine: Send + Sync + fmt::Debug {
    /// How many executions there are of that kind.
    fn count<'a>(&'a self, tenant: &'a str, which: &'a Counted) -> Answer<'a, Result<u64, Error>>;

    /// Lets a paused execution go on.
    fn resume<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
        inputs: Map<String, Json>,
    ) -> Answer<'a, Result<(), Error>>;

    /// Removes executions that have ended, or parts of them.
    fn purge<'a>(&'a self, tenant: &'a str, which: &'a Purge) -> Answer<'a, Result<Purged, Error>>;

    /// The log lines of an execution, oldest first; `None` when there is no such execution.
    fn log_lines<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
    ) -> Answer<'a, Result<Option<Lines>, Error>>;

    /// Removes log lines of executions that have ended; gives their number.
    fn purge_logs<'a>(&'a self, tenant: &'a str, which: &'a LogPurge) -> Answer<'a, Result<u64, Error>>;

    /// The value under a key of a namespace. One that has expired may be told for a while, as such.
    fn value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<Option<Stored>, Error>>;

    /// Sets it, when what is there is as expected. [`Error::Changed`] otherwise.
    fn set_value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
        value: Value,
        expected: Expected,
    ) -> Answer<'a, Result<(), Error>>;

    /// Removes it; whether there was one that had not expired.
    fn remove_value<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        key: &'a str,
    ) -> Answer<'a, Result<bool, Error>>;

    /// The keys of a namespace that start so and have not expired, in order.
    fn keys<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        prefix: &'a str,
    ) -> Answer<'a, Result<Vec<String>, Error>>;

    /// The files of a namespace, in the order of their paths. One is read by its URI, as every other file is.
    fn files<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
    ) -> Answer<'a, Result<Vec<FileOfNamespace>, Error>>;

    /// Writes a file of a namespace; gives its URI, or `None` when there is one that was to be kept.
    fn write_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
        content: ByteStream,
        existing: Existing,
    ) -> Answer<'a, Result<Option<String>, Error>>;

    /// Removes a file of a namespace; whether there was one.
    fn remove_file<'a>(
        &'a self,
        tenant: &'a str,
        namespace: &'a str,
        path: &'a str,
    ) -> Answer<'a, Result<bool, Error>>;

    /// Enables or disables a trigger of a flow.
    fn toggle<'a>(
        &'a self,
        tenant: &'a str,
        which: &'a TriggerName,
        enabled: bool,
    ) -> Answer<'a, Result<(), Error>>;

    /// Renders an expression as the task run would, once for each set of further variables.
    ///
    /// The inner `Err` is the message of an expression that failed.
    fn render<'a>(
        &'a self,
        tenant: &'a str,
        execution: ExecutionId,
        task_run: TaskRunId,
        rendering: &'a Rendering,
    ) -> Answer<'a, Result<Vec<Result<String, String>>, Error>>;
}
