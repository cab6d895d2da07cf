//! Finds a task type by its name.

use std::{io, path::PathBuf, sync::Arc};

use engine::flow::Catalogue;
use ports::{clock::Clock, run::Runnable};

use crate::{
    items::{MERGE, Merge, SPLIT, Split},
    process::{self, Runner},
    shell,
};

/// The task types of a deployment that touch the world.
#[derive(Debug, Clone)]
pub struct Registry {
    runnables: Arc<[Arc<dyn Runnable>]>,
}

impl Registry {
    /// Every type built here. Scripts run with `runner`; their lines are dated by `clock`.
    pub fn new(runner: &Arc<Runner>, clock: &Arc<dyn Clock>) -> Self {
        let commands = Arc::new(shell::Commands::new(Arc::clone(runner), Arc::clone(clock)));
        Self { runnables: Arc::new([commands, Arc::new(Split), Arc::new(Merge)]) }
    }

    /// Every type built here; scripts run in folders below `root`, with what of our own variables they may see.
    ///
    /// # Errors
    /// When the root cannot be made, written or locked.
    pub fn below(root: PathBuf, clock: &Arc<dyn Clock>) -> io::Result<Self> {
        let settings = process::Settings {
            root,
            environment: std::env::vars_os().collect(),
            running_max: process::RUNNING_MAX,
        };
        Ok(Self::new(&Arc::new(Runner::start(settings)?), clock))
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
        Catalogue::new(vec![shell::COMMANDS, SPLIT, MERGE])
    }
}
