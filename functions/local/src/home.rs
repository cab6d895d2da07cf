//! One process: the adapters over a directory, the service on them, and the loops that move it.

use std::{path::Path, sync::Arc, time::Duration};

use embedded::{RandomIds, SystemClock, queue};
use ports::clock::Clock;
use service::{Outside, Service, Settings};
use tasks::{Registry, process};
use tokio::{
    sync::{Mutex, Semaphore},
    task::JoinSet,
};

use crate::report;

/// How often the clock looks for what is due.
const TICK: Duration = Duration::from_millis(250);

/// Everything that stands over one data directory.
pub(crate) struct Home {
    pub(crate) service: Service,
    embedded: embedded::Home,
    received: Arc<Mutex<queue::Receiver>>,
}

/// Opens a data directory, or makes it.
pub(crate) fn open(data: &Path, settings: Settings) -> Result<Home, report::Error> {
    let embedded = embedded::Home::open(data)?;
    let (queue, received) = embedded::queue::Queue::new();
    let registry = registry(data)?;
    let outside = Outside {
        store: embedded.store.clone(),
        blobs: embedded.blobs.clone(),
        queue: Arc::new(queue),
        replies: None,
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::default()),
        runnables: registry.all().to_vec(),
    };
    let service = Service::new(outside, settings);
    Ok(Home { service, embedded, received: Arc::new(Mutex::new(received)) })
}

/// The task types this program can run.
fn registry(data: &Path) -> Result<Registry, report::Error> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let settings = process::Settings {
        root: data.join("work"),
        environment: std::env::vars_os().collect(),
        running_max: process::RUNNING_MAX,
    };
    let runner = process::Runner::start(settings)
        .map_err(|error| report::Error::new(format!("cannot work in {}", data.display()), error))?;
    Ok(Registry::new(&Arc::new(runner), &clock))
}

impl Home {
    /// Starts what moves executions without a request: the queue and the clock. Dropping the set stops both.
    pub(crate) fn spawn_loops(&self) -> JoinSet<()> {
        let mut loops = JoinSet::new();
        loops.spawn(receive(self.service.clone(), Arc::clone(&self.received)));
        loops.spawn(tick(self.service.clone()));
        loops
    }

    /// What the store has done, as JSON.
    pub(crate) fn counters(&self) -> serde_json::Value {
        let counts = self.embedded.store.counts();
        serde_json::json!({
            "commits": counts.commits,
            "conflicts": counts.conflicts,
            "puts": counts.puts,
            "deletes": counts.deletes,
            "gets": counts.gets,
            "queries": counts.queries,
            "lists": counts.lists,
            "transactions": counts.transactions,
        })
    }
}

/// Works on what is dispatched, as many side by side as may be carried.
async fn receive(service: Service, received: Arc<Mutex<queue::Receiver>>) {
    let mut received = received.lock().await;
    let hands = Arc::new(Semaphore::new(service.settings().carried_max));
    while let Some(dispatch) = received.recv().await {
        let Ok(hand) = Arc::clone(&hands).acquire_owned().await else { return };
        let service = service.clone();
        tokio::spawn(async move {
            let _hand = hand;
            if let Err(error) = service.work(&dispatch.tenant, dispatch.execution).await {
                tracing::warn!(execution = %dispatch.execution, %error, "left to the clock");
            }
        });
    }
}

/// Works on what is due. What a message has moved already is not due any more.
async fn tick(service: Service) {
    loop {
        if let Err(error) = service.tick().await {
            tracing::warn!(%error, "the store does not say what is due");
        }
        tokio::time::sleep(TICK).await;
    }
}
