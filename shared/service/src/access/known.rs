//! Who was recognised lately, so that every further request costs microseconds.

use std::{
    collections::HashMap,
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use aws_lc_rs::hmac;
use engine::time::Timestamp;
use ports::store::{Key, Version};
use tokio::sync::Semaphore;

use super::{Credentials, Principal, attempts::Attempts, random};

/// How long a credential is recognised without a look at the store: what another process revokes counts after this time.
pub const KNOWN_FOR: Duration = Duration::from_secs(30);
/// Credentials that are recognised.
const KNOWN_MAX: usize = 1_024;
/// Passwords hashed at the same time: each takes 19 MiB and a core.
const HASHED_TOGETHER: usize = 2;

/// What one process knows about callers.
pub(crate) struct Known {
    /// Digests are keyed, by this process alone: to compare them tells nobody anything.
    key: hmac::Key,
    /// Whether callers have to say who they are.
    pub(super) required: AtomicBool,
    seen: Mutex<Lately>,
    attempts: Mutex<Attempts>,
    pub(super) hashing: Semaphore,
    /// Passwords that were hashed, for tests.
    pub(super) hashed: AtomicU64,
}

pub(super) type Digest = [u8; 32];

#[derive(Default)]
struct Lately {
    all: HashMap<Digest, Seen>,
    /// Counts changes of who may do what. What was looked up before one and comes after it may be wrong.
    changes: u64,
}

/// A credential that was right.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) principal: Arc<Principal>,
    /// What says so.
    pub(super) item: (Key, Version),
    /// When to look at that again. `None` where every change is made by this process, which then forgets all.
    pub(super) until: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
}

impl Known {
    pub(crate) fn new(required: bool) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &random::<32>()),
            required: AtomicBool::new(required),
            seen: Mutex::default(),
            attempts: Mutex::default(),
            hashing: Semaphore::new(HASHED_TOGETHER),
            hashed: AtomicU64::new(0),
        }
    }

    pub(super) fn digest(&self, credentials: &Credentials) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        match credentials {
            Credentials::Basic { user, password } => {
                context.update(b"basic\0");
                context.update(&(user.len() as u64).to_be_bytes());
                context.update(user.as_bytes());
                context.update(password.as_bytes());
            }
            Credentials::Bearer(token) => {
                context.update(b"bearer\0");
                context.update(token.as_bytes());
            }
        }
        context.sign().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    pub(super) fn seen(&self, digest: &Digest, now: Timestamp) -> Option<Seen> {
        let mut lately = held(&self.seen);
        let seen = lately.all.get(digest)?;
        if seen.expires_at.is_some_and(|at| at <= now) {
            lately.all.remove(digest);
            return None;
        }
        Some(seen.clone())
    }

    /// To be asked before a credential is looked up, for [`Known::remember`].
    pub(super) fn changes(&self) -> u64 {
        held(&self.seen).changes
    }

    /// Remembers what was looked up after so many changes, unless there was one more since.
    pub(super) fn remember(&self, digest: Digest, seen: Seen, changes: u64) {
        let mut lately = held(&self.seen);
        if lately.changes != changes {
            return;
        }
        // Who comes again is recognised again.
        if lately.all.len() >= KNOWN_MAX && !lately.all.contains_key(&digest) {
            lately.all.clear();
        }
        lately.all.insert(digest, seen);
    }

    pub(super) fn forget(&self, digest: &Digest) {
        held(&self.seen).all.remove(digest);
    }

    /// After every change of who may do what.
    pub(super) fn forget_all(&self) {
        let mut lately = held(&self.seen);
        lately.all.clear();
        lately.changes += 1;
    }

    pub(super) fn wait(&self, source: IpAddr, now: Timestamp) -> Option<Duration> {
        held(&self.attempts).wait(source, now)
    }

    pub(super) fn failed(&self, source: IpAddr, now: Timestamp) {
        held(&self.attempts).failed(source, now);
    }

    pub(super) fn is_required(&self) -> bool {
        self.required.load(Relaxed)
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("nothing panics while it holds this")
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("required", &self.required).finish_non_exhaustive()
    }
}
