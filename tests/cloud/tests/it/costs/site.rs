//! A deployment whose ids and moments are always the same, so that its items always have the same size.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws::{
    Home,
    store::{Counts, Store},
};
use cloud::{account, home, sdk};
use engine::{execution::Execution, input::Submitted, time::Timestamp};
use ports::{
    clock::{Clock, Ids},
    run::Runnable,
};
use service::{Begun, Outside, Service, Settings, Start};
use tasks::{
    Equipment, Outbound, Registry,
    http::{Guard, Http, System},
    process,
};

const TENANT: &str = "main";
/// How long a worker has: 15 minutes without a margin.
const WORKER: Duration = Duration::from_secs(895);
const NAMESPACE: &str = "company.team";

#[derive(Debug)]
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_720_761_222_140)
    }
}

/// As random as ids are for whoever compresses them, and always the same.
#[derive(Debug, Default)]
struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn next(&self, now: Timestamp) -> u128 {
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let time = u128::from(now.as_millis().unsigned_abs()) << 80;
        time | u128::from(count.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }
}

pub(super) struct Site {
    home: Home,
    store: Arc<Store>,
    service: Service,
    _folder: tempfile::TempDir,
}

impl Site {
    pub(super) async fn new() -> Self {
        let account = account();
        let home = home(&account).await;
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk::config(&account));
        let store = Arc::new(Store::checked(dynamodb, cloud::table::NAME.to_owned()));
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(StandingClock);
        let outside = Outside {
            store: store.clone(),
            blobs: home.blobs.clone(),
            queue: home.queue.clone(),
            replies: Some(home.replies.clone()),
            clock: Arc::clone(&clock),
            ids: Arc::new(CountedIds::default()),
            runnables: runnables(folder.path(), &clock),
        };
        // As a function has it.
        let settings = Settings {
            stands_still: true,
            attempt_max: Some(Duration::from_mins(14)),
            plain_bytes_max: aws::store::CHEAP_BODY_BYTES,
            ..Settings::default()
        };
        let service = Service::new(outside, settings);
        Self { home, store, service, _folder: folder }
    }

    pub(super) fn counts(&self) -> Counts {
        self.store.counts()
    }

    /// Messages since the beginning.
    pub(super) fn messages(&self) -> u64 {
        self.home.counts().dispatches
    }

    pub(super) async fn flow(&self, id: &str, body: &str) {
        let source = format!("id: {id}\nnamespace: {NAMESPACE}\n{body}");
        self.service.create_flow(TENANT, &source).await.unwrap();
    }

    /// To its end.
    pub(super) async fn call(&self, id: &str) -> Execution {
        let started = self.start(id, Some(Duration::from_mins(10))).await;
        assert!(started.ended);
        started.execution
    }

    /// And has it carried to its end by whoever gets the message.
    pub(super) async fn call_without_waiting(&self, id: &str) {
        let started = self.start(id, None).await;
        let until = tokio::time::Instant::now() + WORKER;
        self.service.work_until(TENANT, started.execution.id, until).await.unwrap();
    }

    async fn start(&self, id: &str, wait: Option<Duration>) -> service::Started {
        let begun = self.service.begin(TENANT, NAMESPACE, id, None, None).await.unwrap();
        let Begun::New(draft) = begun else { panic!("there is no key") };
        self.service.start(draft, Submitted::new(), Start { wait, ..Start::default() }).await.unwrap()
    }
}

fn runnables(folder: &std::path::Path, clock: &Arc<dyn Clock>) -> Vec<Arc<dyn Runnable>> {
    let settings = process::Settings {
        root: folder.to_owned(),
        environment: std::env::vars_os().collect(),
        running_max: process::RUNNING_MAX,
    };
    let runner = Arc::new(process::Runner::start(settings).unwrap());
    let http = Arc::new(Http::new(Guard::new(Outbound::Public, []), Arc::new(System)));
    Registry::new(Equipment::new(&runner, &http, clock)).all().to_vec()
}
