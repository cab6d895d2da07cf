//! What the tasks of one process work with.

use std::{env, io, path::PathBuf, sync::Arc};

use ports::{clock::Clock, run::Runnable};

#[cfg(feature = "aws")]
use crate::aws;
use crate::{
    directories::Directories,
    duckdb,
    gcp::Endpoints,
    http::{Guard, Http, Outbound, System},
    process::{self, Runner},
    script::{Host, Kind, ScriptTask},
};

/// What tasks are given, and whom they call.
#[derive(Debug)]
pub struct Equipment {
    /// Runs processes.
    pub runner: Arc<Runner>,
    /// Sends requests.
    pub http: Arc<Http>,
    /// Dates lines of the log.
    pub clock: Arc<dyn Clock>,
    /// Where services are that are not where everybody has them.
    pub endpoints: Endpoints,
    /// How DuckDB is run, where it can be.
    pub duckdb: Option<duckdb::Settings>,
    /// What tasks of AWS have of this process when their flow says nothing.
    #[cfg(feature = "aws")]
    pub aws: aws::Defaults,
    /// Without it tasks of AWS have what their flow gives them, and nothing else.
    #[cfg(feature = "aws")]
    pub own: Option<aws::Own>,
}

impl Equipment {
    /// With nothing of this process, and without DuckDB.
    pub fn new(runner: &Arc<Runner>, http: &Arc<Http>, clock: &Arc<dyn Clock>) -> Self {
        Self {
            runner: Arc::clone(runner),
            http: Arc::clone(http),
            clock: Arc::clone(clock),
            endpoints: Endpoints::default(),
            duckdb: None,
            #[cfg(feature = "aws")]
            aws: aws::Defaults::default(),
            #[cfg(feature = "aws")]
            own: None,
        }
    }

    /// Of this process: scripts run in folders below `root`, with what of our own variables they may see; requests reach
    /// as far as `outbound` says, to the services where our own variables say they are.
    ///
    /// # Errors
    /// When the root cannot be made, written or locked, or a variable names no place.
    pub fn below(root: PathBuf, outbound: Outbound, clock: &Arc<dyn Clock>) -> io::Result<Self> {
        let endpoints = Endpoints::new(env::vars_os());
        let endpoints = endpoints.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let environment = env::vars_os().collect();
        let settings = process::Settings { root, environment, running_max: process::RUNNING_MAX };
        let http = Http::new(Guard::new(outbound, env::vars_os()), Arc::new(System));
        Ok(Self {
            endpoints,
            duckdb: duckdb::Settings::found(outbound == Outbound::Any),
            #[cfg(feature = "aws")]
            aws: aws::Defaults::of_variables(env::vars_os()),
            ..Self::new(&Arc::new(Runner::start(settings)?), &Arc::new(http), clock)
        })
    }
}

/// The same as tasks share it.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) http: Arc<Http>,
    pub(crate) directories: Arc<Directories>,
    pub(crate) runner: Arc<Runner>,
    pub(crate) duckdb: Option<duckdb::Settings>,
    pub(crate) endpoints: Endpoints,
    scripts: Arc<Host>,
    #[cfg(feature = "aws")]
    aws: Arc<aws::Shared>,
}

impl Parts {
    pub(super) fn new(equipment: Equipment) -> Self {
        let Equipment { runner, http, clock, endpoints, duckdb, .. } = equipment;
        let directories = Arc::new(Directories::new(Arc::clone(&runner)));
        let scripts = Host {
            runner: Arc::clone(&runner),
            clock: Arc::clone(&clock),
            directories: Arc::clone(&directories),
        };
        Self {
            #[cfg(feature = "aws")]
            aws: Arc::new(aws::Shared::new(&http, &clock, equipment.aws, equipment.own)),
            scripts: Arc::new(scripts),
            clock,
            http,
            directories,
            runner,
            duckdb,
            endpoints,
        }
    }

    /// A task of AWS.
    #[cfg(feature = "aws")]
    pub(super) fn aws(&self, of: &'static engine::flow::TaskType, run: aws::Run) -> Arc<dyn Runnable> {
        Arc::new(aws::AwsTask::new(of, run, &self.aws))
    }

    /// A task that is a script.
    pub(super) fn script(&self, kind: Kind) -> Arc<dyn Runnable> {
        Arc::new(ScriptTask::new(kind, &self.scripts))
    }
}
