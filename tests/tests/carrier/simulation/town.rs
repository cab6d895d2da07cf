//! Several processes on one store, and what happens to them.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use embedded::{Home, store::Durability};
use engine::{id::ExecutionId, time::Timestamp};
use ports::{clock::Clock, queue::Dispatch};
use service::{Outside, Service, Settings};
use tests::chance::Chance;
use tokio::time::Instant;

use super::{TICK, flows::FLOWS, labour::Labour};
use crate::{
    climates::create,
    weakened::{CountedIds, Life, Mail, Mortal, Weakened, Weather, Wire},
    world::TENANT,
};

/// Short enough that the longest task renews it.
const LEASE: Duration = Duration::from_secs(15);
/// Processes that live at the same time.
const PROCESSES: usize = 4;
/// How long a worker may be busy with one message.
const SHIFT: Duration = Duration::from_secs(30);
/// More than the longest task takes.
const ATTEMPT_MAX: Duration = Duration::from_secs(20);
/// Between two looks at the feed.
const FEED_PAUSE: Duration = Duration::from_millis(100);

/// A service and its life.
#[derive(Debug, Clone)]
pub(super) struct Process {
    pub(super) service: Service,
    pub(super) life: Life,
}

#[derive(Debug)]
pub(super) struct Town {
    pub(super) weather: Arc<Weather>,
    pub(super) store: Arc<Weakened>,
    pub(super) labour: Arc<Labour>,
    queue: Arc<Mail<Dispatch>>,
    wire: Arc<Wire>,
    clock: Arc<VirtualClock>,
    ids: Arc<CountedIds>,
    home: Home,
    processes: Mutex<Vec<Process>>,
    chance: Mutex<Chance>,
    /// Whom somebody asked to end.
    pub(super) killed: Mutex<Vec<ExecutionId>>,
    _folder: tempfile::TempDir,
}

impl Town {
    pub(super) async fn open(weather: Weather, chance: Chance) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
        let weather = Arc::new(weather);
        let town = Arc::new(Self {
            store: Arc::new(Weakened::over(home.store.clone(), Arc::clone(&weather))),
            queue: Arc::new(Mail::new(Arc::clone(&weather))),
            wire: Arc::new(Wire::new(Arc::clone(&weather))),
            labour: Arc::default(),
            clock: Arc::new(VirtualClock(Instant::now())),
            ids: Arc::default(),
            processes: Mutex::default(),
            chance: Mutex::new(chance),
            killed: Mutex::default(),
            home,
            weather,
            _folder: folder,
        });
        for _ in 0..PROCESSES {
            town.begin();
        }
        for (id, body, _) in FLOWS {
            create(&town.somebody().service, &format!("id: {id}\nnamespace: test\n{body}")).await;
        }
        tokio::spawn(Arc::clone(&town).ticking());
        tokio::spawn(Arc::clone(&town).notifying());
        town
    }

    /// A new process: one that answers calls, and works on what is dispatched.
    fn begin(self: &Arc<Self>) {
        let life = Life::default();
        let mortal = || life.clone();
        let outside = Outside {
            store: Arc::new(Mortal { life: mortal(), inner: Arc::clone(&self.store) }),
            blobs: self.home.blobs.clone(),
            queue: Arc::new(Mortal { life: mortal(), inner: Arc::clone(&self.queue) }),
            replies: Some(Arc::new(Mortal { life: mortal(), inner: Arc::new(self.wire.new_box()) })),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            runnables: vec![Arc::new(Mortal { life: mortal(), inner: Arc::clone(&self.labour) })],
        };
        // Some are functions, which stand still between requests; the others live on.
        let stands_still = self.chance.lock().unwrap().within(0..2) == 0;
        let settings =
            Settings { lease: LEASE, stands_still, attempt_max: Some(ATTEMPT_MAX), ..Settings::default() };
        let service = Service::new(outside, settings);
        let process = Process { service, life };
        tokio::spawn({
            let (process, queue) = (process.clone(), Arc::clone(&self.queue));
            async move {
                while let Some(Dispatch { tenant, execution, group: _ }) =
                    process.life.doing(queue.receive()).await
                {
                    let process = process.clone();
                    tokio::spawn(async move {
                        // What fails is due later.
                        let until = Instant::now() + SHIFT;
                        Box::pin(process.life.doing(process.service.work_until(&tenant, execution, until)))
                            .await;
                    });
                }
            }
        });
        self.processes.lock().unwrap().push(process);
    }

    /// One of those who live.
    pub(super) fn somebody(&self) -> Process {
        let processes = self.processes.lock().unwrap();
        let which = self.chance.lock().unwrap().within(0..processes.len() as u64);
        processes[usize::try_from(which).unwrap()].clone()
    }

    /// Processes that die, executions that are killed; over before `time` is.
    pub(super) async fn misfortunes(self: Arc<Self>, time: Duration, mut chance: Chance) {
        let end = Instant::now() + time;
        loop {
            let pause = Duration::from_millis(chance.within(500..20_000));
            if Instant::now() + pause >= end {
                return;
            }
            tokio::time::sleep(pause).await;
            if chance.within(0..3) == 0 {
                let which = usize::try_from(chance.within(0..PROCESSES as u64)).unwrap();
                self.processes.lock().unwrap().remove(which).life.end();
                self.begin();
            } else if let Some(id) = self.some_execution(&mut chance) {
                self.killed.lock().unwrap().push(id);
                tokio::spawn({
                    let town = Arc::clone(&self);
                    async move { town.kill(id).await }
                });
            }
        }
    }

    async fn kill(&self, id: ExecutionId) {
        loop {
            let process = self.somebody();
            let killing = Box::pin(process.service.kill(TENANT, id, true));
            if let Some(Ok(_)) = process.life.doing(killing).await {
                return;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn some_execution(&self, chance: &mut Chance) -> Option<ExecutionId> {
        let all = self.executions();
        let which = usize::try_from(chance.within(0..all.len().max(1) as u64)).unwrap();
        all.get(which).copied()
    }

    /// Every execution that was ever stored.
    pub(super) fn executions(&self) -> Vec<ExecutionId> {
        let execution = |partition: &str| partition.split_once("/execution/")?.1.parse().ok();
        self.store.feed(|feed| {
            feed.histories()
                .filter(|(key, _)| key.sort == "state")
                .filter_map(|(key, _)| execution(&key.partition))
                .collect()
        })
    }

    /// Dispatches what is due, once a minute; a minute whose tick fails is left out.
    async fn ticking(self: Arc<Self>) {
        loop {
            tokio::time::sleep(TICK).await;
            let process = self.somebody();
            process.life.doing(process.service.tick()).await;
        }
    }

    /// Reacts to what was written, again and again until it has succeeded.
    async fn notifying(self: Arc<Self>) {
        loop {
            let Some(change) = self.store.feed(|feed| feed.next(&self.weather)) else {
                tokio::time::sleep(FEED_PAUSE).await;
                continue;
            };
            let process = self.somebody();
            if !matches!(process.life.doing(process.service.react(&change)).await, Some(Ok(()))) {
                self.store.feed(|feed| feed.again(&change));
            }
        }
    }
}

/// The runtime's paused time.
#[derive(Debug)]
pub(super) struct VirtualClock(pub(super) Instant);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000).plus(self.0.elapsed())
    }
}
