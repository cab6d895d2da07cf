//! What a deployment runs: two that answer calls and stand still, workers, the tick and the notifier.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use aws::{Environment, Home, queue::Message};
use cloud::{Account, home, sdk};
use embedded::{RandomIds, SystemClock};
use engine::execution::State;
use service::{Outside, Service, Settings};
use tokio::{task::JoinSet, time::Instant};

use super::{labour::Labour, stream::Stream};

pub(super) const TENANT: &str = "main";
/// Its name, its tasks, and how it ends.
pub(super) const FLOWS: [(&str, &str, State); 4] = [
    ("pure", "[{ id: a, type: io.kestra.plugin.core.debug.Return, format: hello }]", State::Success),
    ("works", "[{ id: a, type: test.Labour }, { id: b, type: test.Labour }]", State::Success),
    ("fails", "[{ id: a, type: io.kestra.plugin.core.execution.Fail }]", State::Failed),
    ("breaks", "[{ id: a, type: test.Labour }, { id: b, type: test.Labour, breaks: true }]", State::Failed),
];
const APIS: usize = 2;
const WORKERS: usize = 2;
/// Short, so that what a lost message or a lost lease costs is seconds.
const LEASE: Duration = Duration::from_secs(8);
const ATTEMPT_MAX: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_secs(2);
const SHIFT: Duration = Duration::from_secs(20);
/// Of a message whose worker failed.
const VISIBLE_AGAIN_SECONDS: i32 = 5;

#[derive(Debug)]
pub(super) struct Deployment {
    pub(super) apis: Vec<Service>,
    /// Past the proxy, to look.
    pub(super) direct: Service,
    pub(super) labour: Arc<Labour>,
    told: Arc<AtomicUsize>,
    _loops: JoinSet<()>,
}

impl Deployment {
    /// `proxied` is the account as the deployment sees it.
    pub(super) async fn open(
        account: &Account,
        proxied: &Account,
        environment: &Environment,
        direct: &Home,
    ) -> Self {
        let labour = Arc::new(Labour::default());
        let told = Arc::new(AtomicUsize::new(0));
        let direct = service(direct, &labour, false);
        for (id, tasks, _) in FLOWS {
            direct
                .create_flow(TENANT, &format!("id: {id}\nnamespace: test\ntasks: {tasks}\n"))
                .await
                .unwrap();
        }
        let open = |stands_still| service(&home::open(proxied, environment), &labour, stands_still);
        let mut loops = JoinSet::new();
        for _ in 0..WORKERS {
            let client = aws_sdk_sqs::Client::new(&sdk::config(proxied));
            loops.spawn(work(open(false), client, environment.queue_url.clone()));
        }
        loops.spawn(tick(open(false)));
        let stream = Stream::of(account, &environment.table).await;
        loops.spawn(notify(open(false), stream, Arc::clone(&told)));
        let apis = (0..APIS).map(|_| open(true)).collect();
        Self { apis, direct, labour, told, _loops: loops }
    }

    /// Changes that the notifier reacted to.
    pub(super) fn told(&self) -> usize {
        self.told.load(Relaxed)
    }
}

fn service(home: &Home, labour: &Arc<Labour>, stands_still: bool) -> Service {
    let outside = Outside {
        store: home.store.clone(),
        blobs: home.blobs.clone(),
        queue: home.queue.clone(),
        replies: Some(home.replies.clone()),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds::default()),
        runnables: vec![labour.clone()],
    };
    let settings =
        Settings { lease: LEASE, attempt_max: Some(ATTEMPT_MAX), stands_still, ..Settings::default() };
    Service::new(outside, settings)
}

/// What the worker function does with what SQS hands to it.
async fn work(service: Service, client: aws_sdk_sqs::Client, url: String) {
    let mut working = JoinSet::new();
    loop {
        while working.try_join_next().is_some() {}
        let receive = client.receive_message().queue_url(&url).max_number_of_messages(10);
        let receive = receive.wait_time_seconds(1).visibility_timeout(VISIBLE_AGAIN_SECONDS);
        let Ok(received) = receive.send().await else { continue };
        for message in received.messages.unwrap_or_default() {
            let dispatch = Message::decode(message.body().unwrap()).unwrap().0;
            let (service, client, url) = (service.clone(), client.clone(), url.clone());
            working.spawn(async move {
                let until = Instant::now() + SHIFT;
                if service.work_until(&dispatch.tenant, dispatch.execution, until).await.is_ok() {
                    let delete = client.delete_message().queue_url(url);
                    let _ = delete.receipt_handle(message.receipt_handle().unwrap()).send().await;
                }
            });
        }
    }
}

async fn tick(service: Service) {
    loop {
        tokio::time::sleep(TICK).await;
        // What this one leaves is left to the next.
        let _ = service.tick().await;
    }
}

/// What the notifier function does with what the stream hands to it: again until it has succeeded.
async fn notify(service: Service, mut stream: Stream, told: Arc<AtomicUsize>) {
    loop {
        for change in stream.next().await {
            while service.react(&change).await.is_err() {}
            told.fetch_add(1, Relaxed);
        }
    }
}
