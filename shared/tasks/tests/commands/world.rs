//! A registry over files in memory, and one attempt after another.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::Write,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use engine::{
    execution::{AttemptOutcome, Ending, LogLine},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use futures_util::{StreamExt, stream};
use ports::{
    Answer,
    blobs::{self, Blobs, ByteStream, Reading},
    clock::Clock,
    run::{Attempt, Surroundings},
};
use serde_json::Value as Json;
use tasks::{
    Registry,
    process::{Runner, Settings},
};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

/// No test takes longer, or it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(0)
    }
}

/// Files in memory.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory {
    pub(crate) fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.0.lock().unwrap().insert(path.into(), content.as_ref().to_vec());
        self
    }

    pub(crate) fn content(&self, path: &str) -> Option<String> {
        let files = self.0.lock().unwrap();
        files.get(path).map(|it| String::from_utf8_lossy(it).into_owned())
    }
}

impl Blobs for Memory {
    fn put<'a>(
        &'a self,
        path: &'a blobs::Path,
        mut content: ByteStream,
        limit: u64,
    ) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async move {
            let mut whole = Vec::new();
            while let Some(bytes) = content.next().await {
                whole.extend(bytes.map_err(blobs::Error::Source)?);
                if whole.len() as u64 > limit {
                    return Err(blobs::Error::TooLarge { limit });
                }
            }
            let size = whole.len() as u64;
            self.0.lock().unwrap().insert(path.as_str().into(), whole);
            Ok(size)
        })
    }

    fn get<'a>(
        &'a self,
        path: &'a blobs::Path,
        _range: Option<Range<u64>>,
    ) -> Answer<'a, Result<Reading, blobs::Error>> {
        Box::pin(async move {
            let files = self.0.lock().unwrap();
            let whole =
                files.get(path.as_str()).ok_or_else(|| blobs::Error::NotFound(path.as_str().into()))?;
            let parts: Vec<_> = whole.chunks(1_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
            Ok(Reading { size: whole.len() as u64, stream: Box::pin(stream::iter(parts)) })
        })
    }

    fn size<'a>(&'a self, path: &'a blobs::Path) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async move { Ok(self.get(path, None).await?.size) })
    }

    fn delete_under<'a>(&'a self, _segments: &'a str) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async { Err(blobs::Error::Unavailable("no test deletes".into())) })
    }
}

/// What came of an attempt.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) outcome: AttemptOutcome,
    pub(crate) log: Vec<LogLine>,
}

impl Ran {
    /// As a person would read it.
    pub(crate) fn story(&self) -> String {
        let mut story = match &self.outcome.ending {
            Ending::Success => "SUCCESS".to_owned(),
            Ending::Warning => "WARNING".to_owned(),
            Ending::Killed => "KILLED".to_owned(),
            Ending::Failed { message } => format!("FAILED {message}"),
        };
        write!(story, "\n{}", Json::from(self.outcome.outputs.clone())).unwrap();
        for line in &self.log {
            write!(story, "\n{} {}", line.level.name(), line.message).unwrap();
        }
        story
    }

    pub(crate) fn messages(&self) -> Vec<&str> {
        self.log.iter().map(|line| line.message.as_str()).collect()
    }

    pub(crate) fn failure(&self) -> &str {
        match &self.outcome.ending {
            Ending::Failed { message } => message,
            Ending::Success | Ending::Warning | Ending::Killed => panic!("{}", self.story()),
        }
    }
}

pub(crate) struct World {
    pub(crate) blobs: Arc<Memory>,
    pub(crate) registry: Registry,
    pub(crate) root: TempDir,
    // Before `root`, which goes after it.
    _runner: Arc<Runner>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Memory::default())
    }

    pub(crate) fn with(blobs: Memory) -> Self {
        let root = tempfile::tempdir().unwrap();
        let runner = runner(root.path(), 8);
        Self::over(blobs, root, runner)
    }

    pub(crate) fn over(blobs: Memory, root: TempDir, runner: Arc<Runner>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(Noon);
        Self { blobs: Arc::new(blobs), registry: Registry::new(&runner, &clock), root, _runner: runner }
    }

    /// Runs commands, one line each.
    pub(crate) async fn script(&self, commands: &str) -> Ran {
        let commands: Vec<&str> = commands.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
        self.run(serde_json::json!({ "commands": commands })).await
    }

    pub(crate) async fn run(&self, properties: Json) -> Ran {
        let (_stop, never) = watch::channel(false);
        self.run_until(properties, never, |_| {}).await
    }

    /// Runs with a hand on the stop, and an eye on every line as it comes.
    pub(crate) async fn run_until(
        &self,
        properties: Json,
        stop: watch::Receiver<bool>,
        mut seen: impl FnMut(&str),
    ) -> Ran {
        let runnable = self.registry.find("io.kestra.plugin.scripts.shell.Commands").unwrap();
        let attempt = attempt(properties);
        let (log, mut lines) = mpsc::channel(16);
        let surroundings = Surroundings {
            blobs: Arc::clone(&self.blobs) as Arc<dyn Blobs>,
            seal: Arc::new(ports::seal::Plain),
            stop,
            log,
        };
        let reader = async {
            let mut log = Vec::new();
            while let Some(line) = lines.recv().await {
                seen(&line.message);
                log.push(line);
            }
            log
        };
        let both = async { tokio::join!(runnable.run(&attempt, surroundings), reader) };
        let (outcome, log) = tokio::time::timeout(PATIENCE, both).await.expect("the attempt hangs");
        Ran { outcome, log }
    }

    /// Names of the working directories there are.
    pub(crate) fn rooms(&self) -> Vec<OsString> {
        std::fs::read_dir(self.root.path())
            .unwrap()
            .flat_map(|site| std::fs::read_dir(site.unwrap().path()).unwrap())
            .map(|room| room.unwrap().file_name())
            .collect()
    }
}

pub(crate) fn runner(root: &Path, running_max: usize) -> Arc<Runner> {
    let mut environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    environment.push(("AWS_SECRET_ACCESS_KEY".into(), "hidden".into()));
    environment.push(("LANG".into(), "C.UTF-8".into()));
    Arc::new(Runner::start(Settings { root: root.to_owned(), environment, running_max }).unwrap())
}

pub(crate) fn attempt(properties: Json) -> Attempt {
    let Json::Object(properties) = properties else {
        panic!("properties are a map");
    };
    Attempt {
        tenant: "main".into(),
        namespace: "company.team".into(),
        flow_id: "flow".into(),
        execution: ExecutionId::from_u128(1),
        task_run: TaskRunId::from_u128(2),
        task_id: "task".into(),
        number: 1,
        properties,
        folder: "main/files/company/team/flow/executions/1/tasks/task/2".into(),
    }
}

/// Whether a process of that number runs (and is not just a zombie whose parent has not looked yet).
pub(crate) fn alive(id: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat"))
        .is_ok_and(|stat| !stat.rsplit(") ").next().unwrap_or("Z").starts_with(['Z', 'X']))
}

/// Waits until no process of that number runs.
pub(crate) async fn gone(id: &str) {
    let look = async {
        while alive(id) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the process lives on");
}
