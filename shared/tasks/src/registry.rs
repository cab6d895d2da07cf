//! Finds a task type by its name.

use std::{io, path::PathBuf, sync::Arc};

use engine::flow::{Catalogue, TaskType};
use ports::{clock::Clock, run::Runnable};

use crate::{
    directories::Directories,
    execution::{self, Count, PurgeExecutions, Resume},
    flow::WorkingDirectory,
    http::{self, Guard, Http, Outbound},
    items::{Merge, Split},
    kv,
    log::{self, Fetch, PurgeLogs},
    namespace, node,
    process::{self, Runner},
    python,
    script::{Host, ScriptTask},
    shell, state,
    storage::{self, LocalFiles},
    trigger::{self, Toggle},
};

/// What a flow may name. A `WorkingDirectory` is not among them: to a flow it is no runnable task.
const TYPES: [TaskType; 34] = [
    shell::COMMANDS.task_type,
    shell::SCRIPT.task_type,
    python::COMMANDS.task_type,
    python::SCRIPT.task_type,
    node::COMMANDS.task_type,
    node::SCRIPT.task_type,
    execution::COUNT,
    execution::RESUME,
    execution::PURGE,
    log::FETCH,
    log::PURGE,
    kv::SET,
    kv::GET,
    kv::GET_KEYS,
    kv::DELETE,
    state::SET,
    state::GET,
    state::DELETE,
    storage::LOCAL_FILES,
    storage::WRITE,
    storage::DELETE,
    storage::SIZE,
    storage::CONCAT,
    storage::SPLIT,
    storage::REVERSE,
    storage::FILTER_ITEMS,
    storage::DEDUPLICATE_ITEMS,
    trigger::TOGGLE,
    http::REQUEST,
    http::DOWNLOAD,
    http::SSE_REQUEST,
    namespace::UPLOAD,
    namespace::DOWNLOAD,
    namespace::DELETE,
];

/// The task types of a deployment that touch the world.
#[derive(Debug, Clone)]
pub struct Registry {
    runnables: Arc<[Arc<dyn Runnable>]>,
}

impl Registry {
    /// Every type built here. Scripts run with `runner`, requests are sent by `http`; lines are dated by `clock`.
    pub fn new(runner: &Arc<Runner>, http: &Arc<Http>, clock: &Arc<dyn Clock>) -> Self {
        let directories = Arc::new(Directories::new(Arc::clone(runner)));
        let host = Arc::new(Host {
            runner: Arc::clone(runner),
            clock: Arc::clone(clock),
            directories: Arc::clone(&directories),
        });
        let script = |kind| Arc::new(ScriptTask::new(kind, &host));
        Self {
            runnables: Arc::new([
                script(shell::COMMANDS),
                script(shell::SCRIPT),
                script(python::COMMANDS),
                script(python::SCRIPT),
                script(node::COMMANDS),
                script(node::SCRIPT),
                Arc::new(WorkingDirectory::new(Arc::clone(&directories), Arc::clone(clock))),
                Arc::new(LocalFiles::new(Arc::clone(&directories))),
                Arc::new(storage::Write),
                Arc::new(storage::Delete),
                Arc::new(storage::Size),
                Arc::new(storage::Concat),
                Arc::new(storage::Split),
                Arc::new(storage::Reverse),
                Arc::new(storage::FilterItems),
                Arc::new(storage::DeduplicateItems),
                Arc::new(namespace::UploadFiles::new(directories)),
                Arc::new(namespace::DownloadFiles),
                Arc::new(namespace::DeleteFiles),
                Arc::new(Count),
                Arc::new(Resume),
                Arc::new(PurgeExecutions),
                Arc::new(Fetch),
                Arc::new(PurgeLogs),
                Arc::new(kv::Set::new(Arc::clone(clock))),
                Arc::new(kv::Get),
                Arc::new(kv::GetKeys),
                Arc::new(kv::Delete),
                Arc::new(state::Set),
                Arc::new(state::Get),
                Arc::new(state::Delete),
                Arc::new(Toggle),
                Arc::new(http::Request::new(http, clock)),
                Arc::new(http::Download::new(http, clock)),
                Arc::new(http::SseRequest::new(http, clock)),
                Arc::new(Split),
                Arc::new(Merge),
            ]),
        }
    }

    /// Every type built here; scripts run in folders below `root`, with what of our own variables they may see, and
    /// requests reach as far as `outbound` says.
    ///
    /// # Errors
    /// When the root cannot be made, written or locked.
    pub fn below(root: PathBuf, outbound: Outbound, clock: &Arc<dyn Clock>) -> io::Result<Self> {
        let settings = process::Settings {
            root,
            environment: std::env::vars_os().collect(),
            running_max: process::RUNNING_MAX,
        };
        let guard = Guard::new(outbound, std::env::vars_os());
        let http = Http::new(guard, Arc::new(http::System));
        Ok(Self::new(&Arc::new(Runner::start(settings)?), &Arc::new(http), clock))
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
        Catalogue::new(TYPES.to_vec())
    }
}

#[cfg(test)]
mod tests;
