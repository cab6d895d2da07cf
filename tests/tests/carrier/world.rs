//! A service on a real SQLite file, with a clock, a queue and a task that the test holds in its hands.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use embedded::{Home, RandomIds, store::Counts, store::Durability};
use engine::{
    execution::{AttemptOutcome, Ending, Execution},
    flow::{PropertyType, Shape, TaskType},
    id::ExecutionId,
    input::Submitted,
    time::Timestamp,
};
use ports::{
    Answer,
    clock::Clock,
    queue::{Dispatch, Queue, Refused},
    replies::Replies,
    run::{Attempt, Runnable, Surroundings},
    store::{Change, Store},
};
use service::{Begun, Error, Outside, Service, Settings, Start, Started};
use tokio::sync::{Semaphore, mpsc};

pub(crate) const TENANT: &str = "main";
/// Long enough that no lease is renewed during a test.
pub(crate) const LEASE: Duration = Duration::from_hours(1);

/// The present is what the test says.
#[derive(Debug, Default)]
pub(crate) struct ManualClock(AtomicI64);

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + self.0.load(Ordering::Relaxed))
    }
}

/// Keeps what is sent until the test takes it.
#[derive(Debug)]
pub(crate) struct HeldQueue {
    sender: mpsc::UnboundedSender<Dispatch>,
    pub(crate) sent: AtomicUsize,
}

impl Queue for HeldQueue {
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let sent = self.sender.send(dispatch).map_err(|error| Refused(error.to_string()));
        Box::pin(std::future::ready(sent))
    }
}

const WORK: TaskType = TaskType {
    name: "test.Work",
    aliases: &[],
    properties: &[PropertyType { name: "hold", shape: Shape::Boolean, required: false, dynamic: true }],
};

/// A task that counts how often it runs. With `hold: true` it runs until it is let go or stopped.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) started: AtomicUsize,
    pub(crate) stopped: AtomicUsize,
    pub(crate) let_go: Semaphore,
    begun: Semaphore,
}

impl Work {
    /// Comes back when so many attempts have begun since the last call.
    pub(crate) async fn begun(&self, attempts: u32) {
        self.begun.acquire_many(attempts).await.unwrap().forget();
    }
}

impl Runnable for Work {
    fn task_type(&self) -> &TaskType {
        &WORK
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, mut surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            self.started.fetch_add(1, Ordering::Relaxed);
            self.begun.add_permits(1);
            let hold = attempt.properties.get("hold").and_then(serde_json::Value::as_bool) == Some(true);
            let ending = if hold {
                tokio::select! {
                    permit = self.let_go.acquire() => {
                        permit.unwrap().forget();
                        Ending::Success
                    }
                    _ = surroundings.stop.wait_for(|stop| *stop) => {
                        self.stopped.fetch_add(1, Ordering::Relaxed);
                        Ending::Killed
                    }
                }
            } else {
                Ending::Success
            };
            let outputs = [("attempt".to_owned(), attempt.number.into())].into_iter().collect();
            AttemptOutcome { ending, outputs }
        })
    }
}

/// One data directory and as many services on it as the test opens.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) queue: Arc<HeldQueue>,
    pub(crate) work: Arc<Work>,
    pub(crate) service: Service,
    pub(crate) home: Home,
    dispatched: mpsc::UnboundedReceiver<Dispatch>,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::over(|store| store)
    }

    /// With something between the service and the store.
    pub(crate) fn over(between: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
        let (sender, dispatched) = mpsc::unbounded_channel();
        let clock = Arc::new(ManualClock::default());
        let queue = Arc::new(HeldQueue { sender, sent: AtomicUsize::new(0) });
        let work = Arc::new(Work {
            started: AtomicUsize::new(0),
            stopped: AtomicUsize::new(0),
            let_go: Semaphore::new(0),
            begun: Semaphore::new(0),
        });
        let store = between(home.store.clone());
        let service = service_on(store, &home, &clock, &queue, &work);
        Self { clock, queue, work, service, home, dispatched, _folder: folder }
    }

    /// Another process on the same store.
    pub(crate) fn another(&self) -> Service {
        service_on(self.home.store.clone(), &self.home, &self.clock, &self.queue, &self.work)
    }

    /// Another process on the same store, with other settings.
    pub(crate) fn set(&self, settings: Settings) -> Service {
        let outside = outside_on(self.home.store.clone(), &self.home, &self.clock, &self.queue, &self.work);
        Service::new(outside, Settings { lease: LEASE, ..settings })
    }

    /// A process of a deployment with many, each of which can be told here.
    pub(crate) fn told_by(&self, replies: Arc<dyn Replies>) -> Service {
        let outside = outside_on(self.home.store.clone(), &self.home, &self.clock, &self.queue, &self.work);
        let settings = Settings { lease: LEASE, stands_still: true, ..Settings::default() };
        Service::new(Outside { replies: Some(replies), ..outside }, settings)
    }

    /// What the feed tells of an execution last.
    pub(crate) async fn last_change(&self, id: ExecutionId) -> Change {
        let told = self.home.store.changes_after(0, 1_000).await.unwrap();
        let of_it =
            |change: &Change| change.key.partition.ends_with(&id.to_string()) && change.key.sort == "state";
        told.into_iter().map(|it| it.change).rfind(of_it).unwrap()
    }

    pub(crate) fn counts(&self) -> Counts {
        self.home.store.counts()
    }

    pub(crate) fn messages(&self) -> usize {
        self.queue.sent.load(Ordering::Relaxed)
    }

    /// Creates a flow of these tasks.
    pub(crate) async fn flow(&self, id: &str, body: &str) {
        let source = format!("id: {id}\nnamespace: test\n{body}");
        self.service.create_flow(TENANT, &source).await.unwrap();
    }

    pub(crate) async fn call(&self, id: &str, wait: Option<Duration>) -> Result<Started, Error> {
        call(&self.service, id, None, wait).await
    }

    /// Works on everything that was dispatched so far.
    pub(crate) async fn work_queue(&mut self) {
        while let Ok(dispatch) = self.dispatched.try_recv() {
            self.service.work(&dispatch.tenant, dispatch.execution).await.unwrap();
        }
    }

    /// The next message that is sent, taken off the queue.
    pub(crate) async fn next_message(&mut self) -> Dispatch {
        self.dispatched.recv().await.unwrap()
    }

    /// Loses everything that was dispatched so far.
    pub(crate) fn lose_queue(&mut self) {
        while self.dispatched.try_recv().is_ok() {}
    }

    pub(crate) async fn execution(&self, id: ExecutionId) -> Execution {
        self.service.execution(TENANT, id).await.unwrap()
    }
}

pub(crate) async fn call(
    service: &Service,
    id: &str,
    key: Option<&str>,
    wait: Option<Duration>,
) -> Result<Started, Error> {
    match service.begin(TENANT, "test", id, None, key).await? {
        Begun::New(draft) => service.start(draft, Submitted::new(), Start { wait, ..Start::default() }).await,
        Begun::Existing(existing) => service.wait(TENANT, existing, wait.unwrap_or_default()).await,
    }
}

fn service_on(
    store: Arc<dyn Store>,
    home: &Home,
    clock: &Arc<ManualClock>,
    queue: &Arc<HeldQueue>,
    work: &Arc<Work>,
) -> Service {
    let outside = outside_on(store, home, clock, queue, work);
    Service::new(outside, Settings { lease: LEASE, alone: true, ..Settings::default() })
}

fn outside_on(
    store: Arc<dyn Store>,
    home: &Home,
    clock: &Arc<ManualClock>,
    queue: &Arc<HeldQueue>,
    work: &Arc<Work>,
) -> Outside {
    Outside {
        store,
        blobs: home.blobs.clone(),
        queue: queue.clone(),
        replies: None,
        clock: clock.clone(),
        ids: Arc::new(RandomIds::default()),
        runnables: vec![work.clone()],
    }
}
