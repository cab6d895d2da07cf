//! When something goes wrong, and how: every choice comes from one seed.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tests::chance::Chance;

/// How often each thing goes wrong, in a thousand, and how slow things are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Climate {
    /// A call of the store does nothing and says `Unavailable`.
    pub(crate) throttled: u64,
    /// A commit takes place and says `Unavailable`.
    pub(crate) ambiguous: u64,
    /// A commit says `Unavailable`, and takes place some calls later.
    pub(crate) late: u64,
    /// An item of an index is shown as it was some writes ago.
    pub(crate) lagging: u64,
    /// A message is refused by whoever should take it.
    pub(crate) refused: u64,
    /// A message never comes.
    pub(crate) lost: u64,
    /// A message or a change comes again.
    pub(crate) repeated: u64,
    /// How long a message is under way at most.
    pub(crate) underway_max: Duration,
    /// How long one call of the store takes at most, twice: on the way there, and on the way back.
    pub(crate) call_max: Duration,
}

impl Climate {
    /// Some of everything.
    pub(crate) const ROUGH: Self = Self {
        throttled: 100,
        ambiguous: 120,
        late: 80,
        lagging: 300,
        refused: 100,
        lost: 150,
        repeated: 150,
        underway_max: Duration::from_secs(20),
        call_max: Duration::from_millis(30),
    };
    /// Some of what happens on any day, as far as a service comes through it without the clock. No commit comes late:
    /// a test moves its clock by hours between two calls, and no commit is as late as that.
    pub(crate) const UNSETTLED: Self = Self {
        throttled: 30,
        ambiguous: 40,
        late: 0,
        lagging: 300,
        refused: 0,
        lost: 0,
        repeated: 250,
        underway_max: Duration::from_millis(200),
        call_max: Duration::from_millis(3),
    };
    /// Nothing goes wrong; things take their time.
    pub(crate) const CALM: Self = Self {
        throttled: 0,
        ambiguous: 0,
        late: 0,
        lagging: 0,
        refused: 0,
        lost: 0,
        repeated: 0,
        underway_max: Duration::from_millis(20),
        call_max: Duration::from_millis(5),
    };
    /// Nothing goes wrong and nothing takes time.
    pub(crate) const STILL: Self =
        Self { underway_max: Duration::ZERO, call_max: Duration::ZERO, ..Self::CALM };
}

/// What is going on around the adapters of one world.
#[derive(Debug)]
pub(crate) struct Weather {
    chance: Mutex<Chance>,
    climate: Climate,
    calm: AtomicBool,
    struck: AtomicUsize,
}

impl Weather {
    pub(crate) fn new(chance: Chance, climate: Climate) -> Self {
        Self {
            chance: Mutex::new(chance),
            climate,
            calm: AtomicBool::new(false),
            struck: AtomicUsize::new(0),
        }
    }

    /// Nothing goes wrong from now on.
    pub(crate) fn calm_down(&self) {
        self.calm.store(true, Relaxed);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Relaxed)
    }

    pub(crate) fn climate(&self) -> &Climate {
        if self.is_calm() { &Climate::CALM } else { &self.climate }
    }

    /// How much has gone wrong so far.
    pub(crate) fn struck(&self) -> usize {
        self.struck.load(Relaxed)
    }

    /// Whether it goes wrong now, of something that does so often of a thousand times.
    pub(crate) fn strikes(&self, pick: impl FnOnce(&Climate) -> u64) -> bool {
        let strikes = self.below(1_000) < pick(self.climate());
        self.struck.fetch_add(usize::from(strikes), Relaxed);
        strikes
    }

    /// A number below this one, at least 1.
    pub(crate) fn below(&self, end: usize) -> u64 {
        self.chance.lock().unwrap().within(0..end as u64)
    }

    /// Some time up to this.
    pub(crate) fn some(&self, most: Duration) -> Duration {
        Duration::from_millis(self.below(usize::try_from(most.as_millis()).unwrap() + 1))
    }

    /// One way of a call.
    pub(crate) async fn way(&self) {
        let most = self.climate().call_max;
        if !most.is_zero() {
            tokio::time::sleep(self.some(most)).await;
        }
    }
}
