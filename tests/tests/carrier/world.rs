//! A service on a real SQLite file, with a clock, a queue and a task that the test holds in its hands.

mod work;

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use embedded::{
    Home, RandomIds,
    store::{Counts, Durability},
};
use engine::{execution::Execution, id::ExecutionId, input::Submitted, time::Timestamp};
use futures_util::{TryStreamExt, stream};
use ports::{
    blobs::{Blobs, Path},
    clock::{Clock, Ids},
    queue::Dispatch,
    replies::Replies,
    run::Runnable,
    store::{Change, Condition, Content, Direction, Key, PAGE_ITEMS_MAX, Range, Store, WRITES_MAX, Write},
};
use service::{Begun, Error, Outside, Service, Settings, Start, Started};
use tests::chance::Chance;

use crate::{
    climates::{answered, call, create, until},
    deadly::{Deadly, Hand},
    weakened::{Climate, CountedIds, Mail, Weakened, Weather, Wire, at_once},
};
pub(crate) use work::Work;

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

/// One data directory and as many services on it as the test opens.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) queue: Arc<Mail<Dispatch>>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) work: Arc<Work>,
    pub(crate) service: Service,
    /// Whether writes and messages can be counted: nothing goes wrong, so nothing is done twice.
    pub(crate) as_it_is: bool,
    weakened: Option<Arc<Weakened>>,
    home: Home,
    outside: Outside,
    _folder: tempfile::TempDir,
}

impl World {
    /// As it is.
    pub(crate) fn new() -> Self {
        Self::over(|store| store)
    }

    /// With something between the service and the store.
    pub(crate) fn over(between: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let still = Weather::new(Chance::new(0), Climate::STILL);
        Self::open(true, Arc::new(still), Arc::new(RandomIds::default()), between)
    }

    /// With adapters that keep no more than the ports promise.
    pub(crate) fn weakened(chance: Chance) -> Self {
        let weather = Arc::new(Weather::new(chance, Climate::UNSETTLED));
        let mut weakened = None;
        let between = |store| -> Arc<dyn Store> {
            weakened.insert(Arc::new(Weakened::over(store, Arc::clone(&weather)))).clone()
        };
        let world = Self::open(false, Arc::clone(&weather), Arc::new(CountedIds::default()), between);
        Self { weakened, ..world }
    }

    fn open(
        as_it_is: bool,
        weather: Arc<Weather>,
        ids: Arc<dyn Ids>,
        between: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
        let store = between(home.store.clone());
        let clock = Arc::new(ManualClock::default());
        let queue = Arc::new(Mail::new(Arc::clone(&weather)));
        let work = Arc::new(Work::default());
        let outside = Outside {
            store,
            blobs: home.blobs.clone(),
            queue: queue.clone(),
            replies: None,
            clock: clock.clone(),
            ids,
            runnables: runnables(&work),
        };
        // As it is, signals reach a carrier without a look of its own; where weakened, they need not.
        let settings = Settings { lease: LEASE, alone: as_it_is, ..Settings::default() };
        let service = Service::new(outside.clone(), settings);
        let wire = Arc::new(Wire::new(weather));
        Self { clock, queue, wire, work, service, as_it_is, weakened: None, home, outside, _folder: folder }
    }

    pub(crate) fn blobs(&self) -> &dyn Blobs {
        &*self.home.blobs
    }

    /// Another process on the same store.
    pub(crate) fn another(&self) -> Service {
        self.set(self.service.settings().clone())
    }

    /// Another process on the same store, with other settings.
    pub(crate) fn set(&self, settings: Settings) -> Service {
        Service::new(self.outside.clone(), Settings { lease: LEASE, ..settings })
    }

    /// Another process on the same store, which dies when that hand says so.
    pub(crate) fn mortal(&self, hand: &Arc<Hand>) -> Service {
        let store = Deadly { inner: Arc::clone(&self.outside.store), hand: Arc::clone(hand) };
        let outside = Outside { store: Arc::new(store), ..self.outside.clone() };
        Service::new(outside, self.service.settings().clone())
    }

    /// A process of a deployment with many, each of which can be told here.
    pub(crate) fn told(&self) -> Service {
        let settings = Settings { lease: LEASE, stands_still: true, ..Settings::default() };
        let replies: Arc<dyn Replies> = Arc::new(self.wire.new_box());
        Service::new(Outside { replies: Some(replies), ..self.outside.clone() }, settings)
    }

    /// What the feed tells of an execution last.
    pub(crate) fn last_change(&self, id: ExecutionId) -> Change {
        let key = Key { partition: format!("{TENANT}/execution/{id}"), sort: "state".to_owned() };
        let item = at_once(self.home.store.get(&key)).unwrap().unwrap();
        Change { key, version: item.version, content: Some(item.content) }
    }

    /// The items of this kind beside an execution.
    pub(crate) fn beside(&self, id: ExecutionId, kind: &str) -> usize {
        let range =
            Range { prefix: kind, after: None, direction: Direction::Ascending, limit: PAGE_ITEMS_MAX };
        at_once(self.home.store.query(&format!("{TENANT}/execution/{id}"), range)).unwrap().len()
    }

    /// Leaves a signal beside an execution as one that came too late does.
    pub(crate) async fn leave_signal_of(&self, id: ExecutionId) {
        let key = Key { partition: format!("{TENANT}/execution/{id}"), sort: "signal/late".to_owned() };
        let put = Write::Put { key, condition: Condition::None, content: Content::default() };
        self.home.store.commit(vec![put]).await.unwrap();
    }

    /// The sizes of the items of this kind beside an execution.
    pub(crate) fn sizes(&self, kind: &str, id: ExecutionId, mut look: impl FnMut(usize)) {
        let range =
            Range { prefix: kind, after: None, direction: Direction::Ascending, limit: PAGE_ITEMS_MAX };
        let items = at_once(self.home.store.query(&format!("{TENANT}/execution/{id}"), range)).unwrap();
        for item in items {
            look(item.content.body.len());
        }
    }

    /// Looks at everything of this kind that was written beside executions; as it is, nobody keeps that.
    pub(crate) fn written(&self, kind: &str, look: impl Fn(&Content)) {
        let Some(weakened) = &self.weakened else { return };
        weakened.feed(|feed| {
            let of_kind = feed.histories().filter(|(key, _)| key.sort.starts_with(kind));
            of_kind.flat_map(|(_, changes)| changes).filter_map(|it| it.content.as_ref()).for_each(look);
        });
    }

    pub(crate) fn counts(&self) -> Counts {
        self.home.store.counts()
    }

    pub(crate) fn messages(&self) -> usize {
        self.queue.count.load(Ordering::Relaxed)
    }

    /// Puts a file where an execution of this flow finds it; gives its URI.
    pub(crate) async fn file(&self, execution: ExecutionId, flow: &str, content: String) -> String {
        let path = format!("{TENANT}/files/test/{flow}/executions/{execution}/inputs/items/items.txt");
        let path = Path::new(path).unwrap();
        let size = content.len() as u64;
        let content = Box::pin(stream::once(std::future::ready(Ok(content.into()))));
        self.home.blobs.put(&path, content, size).await.unwrap();
        ports::uri::from_path(&path).unwrap()
    }

    /// Puts copies of an item beside it.
    pub(crate) async fn copy(&self, from: &Key, sorts: impl Iterator<Item = String>) {
        let content = self.home.store.get(from).await.unwrap().unwrap().content;
        let puts: Vec<Write> = sorts
            .map(|sort| {
                let key = Key { sort, ..from.clone() };
                Write::Put { key, condition: Condition::Absent, content: content.clone() }
            })
            .collect();
        for some in puts.chunks(WRITES_MAX) {
            self.home.store.commit(some.to_vec()).await.unwrap();
        }
    }

    /// How many blobs hold files of a namespace. They are removed by it.
    pub(crate) async fn blobs_of(&self, namespace: &str) -> u64 {
        self.home.blobs.delete_under(&format!("{TENANT}/namespace-files/{namespace}")).await.unwrap()
    }

    /// What a file holds.
    pub(crate) async fn text(&self, uri: &str) -> String {
        let path = ports::uri::to_path(TENANT, uri).unwrap();
        let reading = self.home.blobs.get(&path, None).await.unwrap();
        let pieces: Vec<_> = reading.stream.try_collect().await.unwrap();
        String::from_utf8(pieces.concat()).unwrap()
    }

    /// So many messages were sent to workers.
    pub(crate) fn has_sent(&self, messages: usize) {
        let sent = self.messages();
        assert!(!self.as_it_is || sent == messages, "{sent} messages");
    }

    /// So many replies were sent to those who wait; where something goes wrong, perhaps more.
    pub(crate) fn has_told(&self, messages: usize) {
        let sent = self.wire.sent.load(Ordering::Relaxed);
        assert!(sent == messages || (!self.as_it_is && sent > messages && messages > 0), "{sent} replies");
    }

    /// Creates a flow of these tasks.
    pub(crate) async fn flow(&self, id: &str, body: &str) {
        create(&self.service, &format!("id: {id}\nnamespace: test\n{body}")).await;
    }

    pub(crate) async fn call(&self, id: &str, wait: Option<Duration>) -> Result<Started, Error> {
        call(&self.service, id, None, wait).await
    }

    /// Works on everything that was dispatched so far; says how much that was.
    pub(crate) async fn work_queue(&self) -> usize {
        let dispatched = self.queue.take_all();
        let count = dispatched.len();
        for Dispatch { tenant, execution, group: _ } in dispatched {
            answered(|| self.service.work(&tenant, execution)).await.unwrap();
        }
        count
    }

    /// Loses everything that was dispatched so far.
    pub(crate) fn lose_queue(&self) {
        self.queue.take_all();
    }

    /// What is due, as soon as it can be seen.
    pub(crate) async fn due(&self) -> Vec<(String, ExecutionId)> {
        let mut due = Vec::new();
        until(async || {
            due = answered(|| self.service.due()).await.unwrap();
            !due.is_empty()
        })
        .await;
        due
    }

    pub(crate) async fn execution(&self, id: ExecutionId) -> Execution {
        answered(|| self.service.execution(TENANT, id)).await.unwrap()
    }
}

/// What can be run, besides the engine's own.
fn runnables(work: &Arc<Work>) -> Vec<Arc<dyn Runnable>> {
    tasks::items::all().into_iter().chain([Arc::clone(work) as Arc<dyn Runnable>]).collect()
}

/// As [`call`], and what goes wrong is the answer.
pub(crate) async fn call_once(
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
