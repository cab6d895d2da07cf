//! Finds a task type by its name.

mod equipment;
#[cfg(not(feature = "aws"))]
mod without_aws;

use std::{io, path::PathBuf, sync::Arc};

use engine::flow::{Catalogue, TaskType};
use ports::{clock::Clock, run::Runnable};

pub use self::equipment::Equipment;
pub(crate) use self::equipment::Parts;

#[cfg(feature = "aws")]
use crate::aws::{dynamodb, eventbridge, lambda, s3, sns, sqs};
use crate::{
    duckdb,
    execution::{self, Count, PurgeExecutions, Resume},
    flow::{self, WorkingDirectory},
    gcp,
    http::{self, Outbound},
    items::{self, Merge, Split},
    kv,
    log::{self, Fetch, PurgeLogs},
    namespace, node, python, shell, state,
    storage::{self, LocalFiles},
    trigger::{self, Toggle},
};

/// The task types that touch the world, one line for each: what flows are told of it, and what runs it.
const TASKS: &[Task] = &[
    Task(&shell::COMMANDS.task_type, |it| it.script(shell::COMMANDS)),
    Task(&shell::SCRIPT.task_type, |it| it.script(shell::SCRIPT)),
    Task(&python::COMMANDS.task_type, |it| it.script(python::COMMANDS)),
    Task(&python::SCRIPT.task_type, |it| it.script(python::SCRIPT)),
    Task(&node::COMMANDS.task_type, |it| it.script(node::COMMANDS)),
    Task(&node::SCRIPT.task_type, |it| it.script(node::SCRIPT)),
    Task(&flow::WORKING_DIRECTORY, |it| Arc::new(WorkingDirectory::new(it))),
    Task(&execution::COUNT, |_| Arc::new(Count)),
    Task(&execution::RESUME, |_| Arc::new(Resume)),
    Task(&execution::PURGE, |_| Arc::new(PurgeExecutions)),
    Task(&log::FETCH, |_| Arc::new(Fetch)),
    Task(&log::PURGE, |_| Arc::new(PurgeLogs)),
    Task(&kv::SET, |it| Arc::new(kv::Set::new(it))),
    Task(&kv::GET, |_| Arc::new(kv::Get)),
    Task(&kv::GET_KEYS, |_| Arc::new(kv::GetKeys)),
    Task(&kv::DELETE, |_| Arc::new(kv::Delete)),
    Task(&state::SET, |_| Arc::new(state::Set)),
    Task(&state::GET, |_| Arc::new(state::Get)),
    Task(&state::DELETE, |_| Arc::new(state::Delete)),
    Task(&storage::LOCAL_FILES, |it| Arc::new(LocalFiles::new(it))),
    Task(&storage::WRITE, |_| Arc::new(storage::Write)),
    Task(&storage::DELETE, |_| Arc::new(storage::Delete)),
    Task(&storage::PURGE, |_| Arc::new(storage::PurgeCurrentExecutionFiles)),
    Task(&storage::SIZE, |_| Arc::new(storage::Size)),
    Task(&storage::CONCAT, |_| Arc::new(storage::Concat)),
    Task(&storage::SPLIT, |_| Arc::new(storage::Split)),
    Task(&storage::REVERSE, |_| Arc::new(storage::Reverse)),
    Task(&storage::FILTER_ITEMS, |_| Arc::new(storage::FilterItems)),
    Task(&storage::DEDUPLICATE_ITEMS, |_| Arc::new(storage::DeduplicateItems)),
    Task(&trigger::TOGGLE, |_| Arc::new(Toggle)),
    Task(&http::REQUEST, |it| Arc::new(http::Request::new(it))),
    Task(&http::CONDUCTOR, |it| Arc::new(http::Conductor::new(it))),
    Task(&http::DOWNLOAD, |it| Arc::new(http::Download::new(it))),
    Task(&http::SSE_REQUEST, |it| Arc::new(http::SseRequest::new(it))),
    Task(&gcp::LOAD, |it| Arc::new(gcp::Load::new(it))),
    Task(&namespace::UPLOAD, |it| Arc::new(namespace::UploadFiles::new(it))),
    Task(&namespace::DOWNLOAD, |_| Arc::new(namespace::DownloadFiles)),
    Task(&namespace::DELETE, |_| Arc::new(namespace::DeleteFiles)),
    Task(&items::SPLIT, |_| Arc::new(Split)),
    Task(&items::MERGE, |_| Arc::new(Merge)),
    Task(&duckdb::QUERY, |it| Arc::new(duckdb::Query::new(it))),
];

/// Those that use services of AWS.
#[cfg(feature = "aws")]
const AWS: &[Task] = &[
    Task(&s3::UPLOAD, |it| it.aws(&s3::UPLOAD, s3::upload)),
    Task(&s3::DOWNLOAD, |it| it.aws(&s3::DOWNLOAD, s3::download)),
    Task(&s3::DOWNLOADS, |it| it.aws(&s3::DOWNLOADS, s3::downloads)),
    Task(&s3::COPY, |it| it.aws(&s3::COPY, s3::copy)),
    Task(&s3::DELETE, |it| it.aws(&s3::DELETE, s3::delete)),
    Task(&s3::LIST, |it| it.aws(&s3::LIST, s3::list)),
    Task(&sqs::PUBLISH, |it| it.aws(&sqs::PUBLISH, sqs::publish)),
    Task(&sqs::EVENT, |it| it.aws(&sqs::EVENT, sqs::event)),
    Task(&sns::PUBLISH, |it| it.aws(&sns::PUBLISH, sns::publish)),
    Task(&lambda::INVOKE, |it| it.aws(&lambda::INVOKE, lambda::invoke)),
    Task(&eventbridge::PUT_EVENTS, |it| it.aws(&eventbridge::PUT_EVENTS, eventbridge::put_events)),
    Task(&dynamodb::GET_ITEM, |it| it.aws(&dynamodb::GET_ITEM, dynamodb::get_item)),
    Task(&dynamodb::PUT_ITEM, |it| it.aws(&dynamodb::PUT_ITEM, dynamodb::put_item)),
    Task(&dynamodb::DELETE_ITEM, |it| it.aws(&dynamodb::DELETE_ITEM, dynamodb::delete_item)),
    Task(&dynamodb::QUERY, |it| it.aws(&dynamodb::QUERY, dynamodb::query)),
    Task(&dynamodb::SCAN, |it| it.aws(&dynamodb::SCAN, dynamodb::scan)),
];
#[cfg(not(feature = "aws"))]
const AWS: &[Task] = &[Task(&without_aws::EVENT, |_| Arc::new(without_aws::Event))];

/// All that were built.
fn tasks() -> impl Iterator<Item = &'static Task> {
    TASKS.iter().chain(AWS)
}

/// A task type, and how to make what runs it.
struct Task(&'static TaskType, fn(&Parts) -> Arc<dyn Runnable>);

/// The task types of a deployment that touch the world.
#[derive(Debug, Clone)]
pub struct Registry {
    runnables: Arc<[Arc<dyn Runnable>]>,
}

impl Registry {
    /// Every type that can be run with this.
    pub fn new(equipment: Equipment) -> Self {
        let parts = Parts::new(equipment);
        let here = tasks().filter(|Task(of, _)| of.name != duckdb::QUERY.name || parts.duckdb.is_some());
        Self { runnables: here.map(|Task(_, make)| make(&parts)).collect() }
    }

    /// As [`Self::new`] with [`Equipment::below`].
    ///
    /// # Errors
    /// As there.
    pub fn below(root: PathBuf, outbound: Outbound, clock: &Arc<dyn Clock>) -> io::Result<Self> {
        Equipment::below(root, outbound, clock).map(Self::new)
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<dyn Runnable>] {
        &self.runnables
    }

    /// The type of that canonical name (an alias is resolved when a flow is read).
    pub fn find(&self, name: &str) -> Option<&Arc<dyn Runnable>> {
        self.runnables.iter().find(|it| it.task_type().name == name)
    }

    /// What flows are validated against; needs nothing that runs.
    pub fn catalogue() -> Catalogue {
        Catalogue::new(tasks().map(|Task(of, _)| **of).collect())
    }
}

#[cfg(test)]
mod tests;
