//! A registry over files in memory, and one attempt after another.

mod engine_of_test;
mod template;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::Write,
    ops::Range,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use engine::{
    execution::{AttemptOutcome, Ending, LogLine},
    id::{ExecutionId, TaskRunId},
    machine::Directory,
    time::Timestamp,
};
use futures_util::{StreamExt, stream};
use ports::{
    Answer,
    blobs::{self, Blobs, ByteStream, Facts, Listed, Reading},
    clock::Clock,
    run::{Attempt, Surroundings},
};
use serde_json::Value as Json;
use tasks::{
    Equipment, Outbound, Registry,
    gcp::Endpoints,
    http::{Guard, Http, Resolve, System},
    process::{Runner, Settings},
};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

pub(crate) use engine_of_test::EngineOfTest;

/// No test takes longer, or it hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// The present is what the test says.
#[derive(Debug, Default)]
pub(crate) struct Hands(AtomicI64);

impl Hands {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
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

    /// Paths that start so, and sizes.
    pub(crate) fn below(&self, prefix: &str) -> Vec<(String, u64)> {
        let files = self.0.lock().unwrap();
        let below = files.iter().filter(|(path, _)| path.starts_with(prefix));
        below.map(|(path, content)| (path.clone(), content.len() as u64)).collect()
    }

    pub(crate) fn remove(&self, path: &str) -> bool {
        self.0.lock().unwrap().remove(path).is_some()
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
        range: Option<Range<u64>>,
    ) -> Answer<'a, Result<Reading, blobs::Error>> {
        Box::pin(async move {
            let files = self.0.lock().unwrap();
            let whole =
                files.get(path.as_str()).ok_or_else(|| blobs::Error::NotFound(path.as_str().into()))?;
            let place = |at: u64| usize::try_from(at).unwrap().min(whole.len());
            let part = range.map_or(&whole[..], |it| &whole[place(it.start)..place(it.end)]);
            let parts: Vec<_> = part.chunks(1_000).map(|it| Ok(Bytes::copy_from_slice(it))).collect();
            let facts = Facts {
                size: whole.len() as u64,
                tag: whole.len().to_string(),
                modified_at: Timestamp::from_millis(0),
            };
            Ok(Reading { facts, stream: Box::pin(stream::iter(parts)) })
        })
    }

    fn facts<'a>(&'a self, path: &'a blobs::Path) -> Answer<'a, Result<Facts, blobs::Error>> {
        Box::pin(async move { Ok(self.get(path, None).await?.facts) })
    }

    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a blobs::Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, blobs::Error>> {
        Box::pin(async move {
            let files = self.0.lock().unwrap();
            let under = files.keys().filter(|path| is_under(path, segments));
            let later = under.filter(|path| after.is_none_or(|after| path.as_str() > after.as_str()));
            let listed = later.take(limit).map(|path| Listed {
                path: blobs::Path::new(path.as_str()).unwrap(),
                modified_at: Timestamp::from_millis(0),
            });
            Ok(listed.collect())
        })
    }

    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, blobs::Error>> {
        Box::pin(async move {
            let mut files = self.0.lock().unwrap();
            let before = files.len();
            files.retain(|path, _| !is_under(path, segments));
            Ok((before - files.len()) as u64)
        })
    }
}

fn is_under(path: &str, segments: &str) -> bool {
    path.strip_prefix(segments).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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
            Ending::TimedOut { message } => format!("TIMED_OUT {message}"),
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
            Ending::Failed { message } | Ending::TimedOut { message } => message,
            Ending::Success | Ending::Warning | Ending::Killed => panic!("{}", self.story()),
        }
    }
}

pub(crate) struct World {
    pub(crate) blobs: Arc<Memory>,
    pub(crate) engine: Arc<EngineOfTest>,
    pub(crate) clock: Arc<Hands>,
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
        let http = Http::new(Guard::new(Outbound::Any, []), Arc::new(System));
        Self::whole(blobs, root, runner, http, Endpoints::default())
    }

    /// In which BigQuery is there.
    pub(crate) fn beside(bigquery: &str, blobs: Memory) -> Self {
        let root = tempfile::tempdir().unwrap();
        let runner = runner(root.path(), 8);
        let http = Http::new(Guard::new(Outbound::Any, []), Arc::new(System));
        let endpoints = Endpoints::new([("BIGQUERY_EMULATOR_HOST".into(), bigquery.into())]);
        Self::whole(blobs, root, runner, http, endpoints.unwrap())
    }

    /// In which requests reach as far as that, by the addresses that the resolver tells.
    pub(crate) fn reaching(guard: Guard, resolver: Arc<dyn Resolve>) -> Self {
        let root = tempfile::tempdir().unwrap();
        let runner = runner(root.path(), 8);
        Self::whole(Memory::default(), root, runner, Http::new(guard, resolver), Endpoints::default())
    }

    fn whole(blobs: Memory, root: TempDir, runner: Arc<Runner>, http: Http, endpoints: Endpoints) -> Self {
        let clock = Arc::new(Hands::default());
        let blobs = Arc::new(blobs);
        let engine = Arc::new(EngineOfTest::new(Arc::clone(&clock), Arc::clone(&blobs)));
        let http = Arc::new(http);
        let equipment = Equipment::new(&runner, &http, &(Arc::clone(&clock) as Arc<dyn Clock>));
        let registry = Registry::new(Equipment { endpoints, ..equipment });
        Self { blobs, engine, clock, registry, root, _runner: runner }
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
        seen: impl FnMut(&str),
    ) -> Ran {
        self.attempt("scripts.shell.Commands", attempt(properties), stop, seen).await
    }

    /// One attempt of a task of `io.kestra.plugin.`.
    pub(crate) async fn task(&self, name: &str, properties: Json) -> Ran {
        self.with_attempt(name, attempt(properties)).await
    }

    /// As [`Self::task`], in a shared directory.
    pub(crate) async fn shared(&self, directory: Directory, name: &str, properties: Json) -> Ran {
        self.with_attempt(name, Attempt { directory: Some(directory), ..attempt(properties) }).await
    }

    pub(crate) async fn with_attempt(&self, name: &str, attempt: Attempt) -> Ran {
        let (_stop, never) = watch::channel(false);
        self.attempt(name, attempt, never, |_| {}).await
    }

    pub(crate) fn surroundings(
        &self,
        stop: watch::Receiver<bool>,
        log: mpsc::Sender<LogLine>,
    ) -> Surroundings {
        Surroundings {
            blobs: Arc::clone(&self.blobs) as _,
            engine: Arc::clone(&self.engine) as _,
            seal: Arc::new(ports::seal::Plain),
            stop,
            log,
        }
    }

    pub(crate) async fn attempt(
        &self,
        name: &str,
        attempt: Attempt,
        stop: watch::Receiver<bool>,
        mut seen: impl FnMut(&str),
    ) -> Ran {
        let runnable =
            self.registry.find(name).or_else(|| self.registry.find(&format!("io.kestra.plugin.{name}")));
        let runnable = runnable.unwrap();
        let (log, mut lines) = mpsc::channel(16);
        let surroundings = self.surroundings(stop, log);
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
        value: None,
        number: 1,
        properties,
        folder: "main/files/company/team/flow/executions/1/tasks/task/2".into(),
        task_folder: "main/files/company/team/flow/task".into(),
        directory: None,
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
