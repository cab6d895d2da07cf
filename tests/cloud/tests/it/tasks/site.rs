//! A service over a folder, whose tasks see an account of the emulator.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use cloud::account;
use embedded::{Home, RandomIds, SystemClock, queue, store::Durability};
use engine::{
    execution::{Execution, Level, Metric},
    input::Submitted,
};
use ports::{clock::Clock, uri};
use serde_json::{Map, Value as Json, json};
use service::{Begun, Outside, Service, Settings, Start};
use tasks::{
    Equipment, Outbound, Registry,
    aws::Defaults,
    http::{Guard, Http, System},
    process,
};
use tests::emulator::{Account, REGION};

const TENANT: &str = "main";
const NAMESPACE: &str = "company.team";
/// No flow here takes longer, or it hangs.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct Site {
    pub(super) account: Account,
    pub(super) service: Service,
    home: Home,
    flows: AtomicUsize,
    _folder: tempfile::TempDir,
}

/// An execution that has ended.
pub(super) struct Ended(pub(super) Execution);

impl Site {
    /// Tasks may call everything, and have nothing that the flow does not name.
    pub(super) fn new() -> Self {
        Self::with(Outbound::Any, Defaults::default(), Settings::default())
    }

    pub(super) fn with(outbound: Outbound, defaults: Defaults, settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open_with(folder.path().join("data"), Durability::ProcessEnd).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let runner = process::Settings {
            root: folder.path().join("work"),
            environment: Vec::new(),
            running_max: process::RUNNING_MAX,
        };
        let runner = Arc::new(process::Runner::start(runner).unwrap());
        let http = Arc::new(Http::new(Guard::new(outbound, []), Arc::new(System)));
        let registry = Registry::new(Equipment { aws: defaults, ..Equipment::new(&runner, &http, &clock) });
        let outside = Outside {
            store: home.store.clone(),
            blobs: home.blobs.clone(),
            queue: Arc::new(queue::Queue::new().0),
            replies: None,
            clock,
            ids: Arc::new(RandomIds::default()),
            runnables: registry.all().to_vec(),
        };
        let service = Service::new(outside, settings);
        Self { account: account(), service, home, flows: AtomicUsize::new(0), _folder: folder }
    }

    /// Whom a task calls, and as whom.
    pub(super) fn connection(&self) -> Map<String, Json> {
        let connection = json!({
            "region": REGION,
            "endpointOverride": self.account.endpoint,
            "accessKeyId": self.account.id,
            "secretKeyId": "test",
        });
        let Json::Object(connection) = connection else { panic!("it is a map") };
        connection
    }

    /// A task of `io.kestra.plugin.aws`, named as the last word of its type unless it has an `id`.
    pub(super) fn task(&self, of: &str, properties: Json) -> Json {
        let Json::Object(own) = properties else { panic!("properties are a map") };
        let mut task = self.connection();
        task.insert("id".to_owned(), of.rsplit('.').next().into());
        task.insert("type".to_owned(), format!("io.kestra.plugin.aws.{of}").into());
        task.extend(own);
        Json::Object(task)
    }

    /// Runs a flow of these tasks to its end.
    pub(super) async fn run(&self, tasks: impl Into<Json>) -> Ended {
        let id = format!("flow-{}", self.flows.fetch_add(1, Relaxed));
        let flow = json!({"id": id, "namespace": NAMESPACE, "tasks": tasks.into()});
        self.service.create_flow(TENANT, &flow.to_string()).await.unwrap();
        let begun = self.service.begin(TENANT, NAMESPACE, &id, None, None).await.unwrap();
        let Begun::New(draft) = begun else { panic!("there is no key") };
        let start = Start { wait: Some(PATIENCE), ..Start::default() };
        let started = self.service.start(draft, Submitted::new(), start).await.unwrap();
        assert!(started.ended, "the flow hangs");
        Ended(started.execution)
    }

    /// One task alone.
    pub(super) async fn one(&self, of: &str, properties: Json) -> Ended {
        self.run(vec![self.task(of, properties)]).await
    }

    /// What is in a file of internal storage.
    pub(super) async fn content(&self, uri: &Json) -> Vec<u8> {
        use futures_util::StreamExt as _;
        use ports::blobs::Blobs as _;
        let path = uri::to_path(TENANT, uri.as_str().unwrap()).unwrap();
        let mut stream = self.home.blobs.get(&path, None).await.unwrap().stream;
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        bytes
    }
}

impl Ended {
    /// Of the task of that id, which has run once.
    pub(super) fn outputs(&self, task: &str) -> &Map<String, Json> {
        let run = self.0.task_runs.iter().find(|run| run.task_id == task);
        assert!(self.failure().is_none(), "{:?}", self.failure());
        &run.unwrap().outputs
    }

    /// What the first task that failed said.
    pub(super) fn failure(&self) -> Option<&str> {
        self.0.logs.iter().find(|line| line.level == Level::Error).map(|line| line.message.as_str())
    }

    /// What the task measured, as `name=value`.
    pub(super) fn metrics(&self, task: &str) -> Vec<String> {
        let run = self.0.task_runs.iter().find(|run| run.task_id == task).unwrap();
        let told = |metric: &Metric| format!("{}={}", metric.name, metric.value);
        run.attempts.iter().flat_map(|attempt| attempt.metrics.iter().map(told)).collect()
    }
}
