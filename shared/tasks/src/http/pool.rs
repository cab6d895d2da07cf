//! Connections that wait for their next request.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use super::{dial::Way, payload::Body, target::Origin};

/// Connections that are kept, and of these to one origin.
const KEPT_MAX: usize = 256;
const KEPT_OF_ORIGIN_MAX: usize = 16;
/// How often those whose time is over are closed.
const SWEEP: Duration = Duration::from_secs(1);

pub(super) type Sender = SendRequest<Body>;

/// What requests must have in common to share a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Lane {
    pub(super) origin: Origin,
    pub(super) way: Way,
}

#[derive(Debug, Default)]
pub(super) struct Pool {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    lanes: HashMap<Lane, Vec<Idle>>,
    count: usize,
    is_swept: bool,
}

#[derive(Debug)]
struct Idle {
    sender: Sender,
    until: Instant,
}

impl Pool {
    /// A connection that is open, as far as is known.
    pub(super) async fn take(&self, lane: &Lane) -> Option<Sender> {
        loop {
            let mut idle = self.pop(lane)?;
            // One that the server has closed says so; one that is never ready would have waited for its sweep.
            let ready = tokio::time::timeout(SWEEP, idle.sender.ready()).await;
            if idle.until > Instant::now() && matches!(ready, Ok(Ok(()))) {
                return Some(idle.sender);
            }
        }
    }

    /// Keeps a connection whose response has been read to its end, unless there are too many.
    pub(super) fn put(self: &Arc<Self>, lane: Lane, sender: Sender, idle_max: Duration) {
        if sender.is_closed() || idle_max.is_zero() {
            return;
        }
        let until = Instant::now() + idle_max;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.count >= KEPT_MAX {
            return;
        }
        let lane = kept.lanes.entry(lane).or_default();
        if lane.len() >= KEPT_OF_ORIGIN_MAX {
            return;
        }
        lane.push(Idle { sender, until });
        kept.count += 1;
        if !std::mem::replace(&mut kept.is_swept, true) {
            tokio::spawn(Arc::clone(self).sweep());
        }
    }

    fn pop(&self, lane: &Lane) -> Option<Idle> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest is the least likely to have been closed.
        let idle = kept.lanes.get_mut(lane)?.pop()?;
        kept.count -= 1;
        Some(idle)
    }

    /// Closes what nobody came back for, until nothing is left.
    async fn sweep(self: Arc<Self>) {
        loop {
            tokio::time::sleep(SWEEP).await;
            let now = Instant::now();
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.lanes.retain(|_, idle| {
                idle.retain(|it| it.until > now && !it.sender.is_closed());
                !idle.is_empty()
            });
            kept.count = kept.lanes.values().map(Vec::len).sum();
            if kept.count == 0 {
                kept.is_swept = false;
                return;
            }
        }
    }
}
