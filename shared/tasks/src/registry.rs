//! Finds a task type by its name.

use std::{io, path::PathBuf, sync::Arc};

use engine::flow::{Catalogue, TaskType};
use ports::{clock::Clock, run::Runnable};

#[cfg(feature = "aws")]
use crate::aws::{self, dynamodb, eventbridge, lambda, s3, sns, sqs};
use crate::{
    directories::Directories,
    execution::{self, Count, PurgeExecutions, Resume},
    flow::{self, WorkingDirectory},
    gcp::{self, Endpoints},
    http::{self, Guard, Http, Outbound},
    items::{self, Merge, Split},
    kv,
    log::{self, Fetch, PurgeLogs},
    namespace, node,
    process::{self, Runner},
    python,
    script::{Host, Kind, ScriptTask},
    shell, state,
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
    Task(&http::DOWNLOAD, |it| Arc::new(http::Download::new(it))),
    Task(&http::SSE_REQUEST, |it| Arc::new(http::SseRequest::new(it))),
    Task(&gcp::LOAD, |it| Arc::new(gcp::Load::new(it))),
    Task(&namespace::UPLOAD, |it| Arc::new(namespace::UploadFiles::new(it))),
    Task(&namespace::DOWNLOAD, |_| Arc::new(namespace::DownloadFiles)),
    Task(&namespace::DELETE, |_| Arc::new(namespace::DeleteFiles)),
    Task(&items::SPLIT, |_| Arc::new(Split)),
    Task(&items::MERGE, |_| Arc::new(Merge)),
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
const AWS: &[Task] = &[];

/// All that were built.
fn tasks() -> impl Iterator<Item = &'static Task> {
    TASKS.iter().chain(AWS)
}

/// A task type, and how to make what runs it.
struct Task(&'static TaskType, fn(&Parts) -> Arc<dyn Runnable>);

/// What the tasks of one process share.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: Arc<Http>,
    pub(crate) directories: Arc<Directories>,
    pub(crate) endpoints: Endpoints,
    scripts: Arc<Host>,
    #[cfg(feature = "aws")]
    aws: Arc<aws::Shared>,
}

impl Parts {
    fn new(endpoints: Endpoints, runner: &Arc<Runner>, http: &Arc<Http>, clock: &Arc<dyn Clock>) -> Self {
        let directories = Arc::new(Directories::new(Arc::clone(runner)));
        let scripts = Arc::new(Host {
            runner: Arc::clone(runner),
            clock: Arc::clone(clock),
            directories: Arc::clone(&directories),
        });
        Self {
            clock: Arc::clone(clock),
            http: Arc::clone(http),
            directories,
            endpoints,
            scripts,
            #[cfg(feature = "aws")]
            aws: Arc::new(aws::Shared::new(http, clock, aws::Defaults::default())),
        }
    }

    #[cfg(feature = "aws")]
    fn aws(&self, of: &'static TaskType, run: aws::Run) -> Arc<dyn Runnable> {
        Arc::new(aws::AwsTask::new(of, run, &self.aws))
    }

    fn script(&self, kind: Kind) -> Arc<dyn Runnable> {
        Arc::new(ScriptTask::new(kind, &self.scripts))
    }
}

/// The task types of a deployment that touch the world.
#[derive(Debug, Clone)]
pub struct Registry {
    runnables: Arc<[Arc<dyn Runnable>]>,
}

impl Registry {
    /// Every type built here. Scripts run with `runner`, requests are sent by `http`; lines are dated by `clock`.
    pub fn new(runner: &Arc<Runner>, http: &Arc<Http>, clock: &Arc<dyn Clock>) -> Self {
        Self::calling(Endpoints::default(), runner, http, clock)
    }

    /// As [`Self::new`], with services that are elsewhere.
    pub fn calling(
        endpoints: Endpoints,
        runner: &Arc<Runner>,
        http: &Arc<Http>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        Self::of(&Parts::new(endpoints, runner, http, clock))
    }

    /// As [`Self::new`], whose tasks have something of this process where a flow says nothing to AWS.
    #[cfg(feature = "aws")]
    pub fn with_aws(
        runner: &Arc<Runner>,
        http: &Arc<Http>,
        clock: &Arc<dyn Clock>,
        defaults: aws::Defaults,
    ) -> Self {
        let aws = Arc::new(aws::Shared::new(http, clock, defaults));
        Self::of(&Parts { aws, ..Parts::new(Endpoints::default(), runner, http, clock) })
    }

    fn of(parts: &Parts) -> Self {
        Self { runnables: tasks().map(|Task(_, make)| make(parts)).collect() }
    }

    /// Every type built here; scripts run in folders below `root`, with what of our own variables they may see, and
    /// requests reach as far as `outbound` says, to the services where our own variables say they are.
    ///
    /// # Errors
    /// When the root cannot be made, written or locked, or a variable names no place.
    pub fn below(root: PathBuf, outbound: Outbound, clock: &Arc<dyn Clock>) -> io::Result<Self> {
        let settings = process::Settings {
            root,
            environment: std::env::vars_os().collect(),
            running_max: process::RUNNING_MAX,
        };
        let endpoints = Endpoints::new(std::env::vars_os());
        let endpoints = endpoints.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let guard = Guard::new(outbound, std::env::vars_os());
        let http = Arc::new(Http::new(guard, Arc::new(http::System)));
        let parts = Parts::new(endpoints, &Arc::new(Runner::start(settings)?), &http, clock);
        #[cfg(feature = "aws")]
        let parts = {
            let defaults = aws::Defaults::of_variables(std::env::vars_os());
            Parts { aws: Arc::new(aws::Shared::new(&http, clock, defaults)), ..parts }
        };
        Ok(Self::of(&parts))
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
