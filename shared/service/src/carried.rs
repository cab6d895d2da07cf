//! Who is carried in this process, and how their carriers are reached without the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use engine::id::ExecutionId;
use tokio::sync::Notify;

use crate::{calls::End, shift::Shift};

/// What a carrier is doing in this process, so that a signal reaches it at once.
#[derive(Debug, Default)]
pub(crate) struct Carried {
    pokes: Mutex<HashMap<ExecutionId, Poke>>,
}

/// How a carrier is reached.
#[derive(Debug, Default)]
struct Poke {
    notify: Arc<Notify>,
    /// Whether its shift is over before its time.
    relieved: Arc<Notify>,
    /// Children that have ended, not looked at yet.
    ends: Vec<End>,
}

impl Carried {
    /// Tells the carrier to look for signals. `false` when none carries it here.
    pub(crate) fn poke(&self, id: ExecutionId) -> bool {
        let pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        pokes.get(&id).is_some_and(|poke| {
            poke.notify.notify_one();
            true
        })
    }

    /// Hands the end of a child to the carrier. Gives it back when none carries the parent here.
    pub(crate) fn deliver(&self, parent: ExecutionId, end: End) -> Option<End> {
        let mut pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(poke) = pokes.get_mut(&parent) else { return Some(end) };
        poke.ends.push(end);
        poke.notify.notify_one();
        None
    }

    /// Ends the shift of the carrier, if there is one here: it hands over.
    pub(crate) fn relieve(&self, id: ExecutionId) {
        let pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(poke) = pokes.get(&id) {
            poke.relieved.notify_one();
        }
    }

    fn enter(&self, id: ExecutionId) -> (Arc<Notify>, Arc<Notify>) {
        let mut pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        let poke = pokes.entry(id).or_default();
        (Arc::clone(&poke.notify), Arc::clone(&poke.relieved))
    }

    /// What was delivered since the last look.
    pub(crate) fn ends(&self, id: ExecutionId) -> Vec<End> {
        let mut pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        pokes.get_mut(&id).map(|poke| std::mem::take(&mut poke.ends)).unwrap_or_default()
    }

    /// Nothing is delivered any more; gives what nobody has looked at.
    pub(crate) fn leave(&self, id: ExecutionId) -> Vec<End> {
        let mut pokes = self.pokes.lock().unwrap_or_else(PoisonError::into_inner);
        pokes.remove(&id).map(|poke| poke.ends).unwrap_or_default()
    }
}

/// A carrier's place among the carried; leaves it when dropped.
pub(crate) struct Place<'s> {
    carried: &'s Carried,
    id: ExecutionId,
    pub(crate) poke: Arc<Notify>,
    relieved: Arc<Notify>,
}

impl<'s> Place<'s> {
    pub(crate) fn take(carried: &'s Carried, id: ExecutionId) -> Self {
        let (poke, relieved) = carried.enter(id);
        Self { carried, id, poke, relieved }
    }

    /// Comes back at the end of the shift, or when the carrier is relieved.
    pub(crate) async fn over(&self, shift: Shift) {
        tokio::select! {
            () = shift.over() => {}
            () = self.relieved.notified() => {}
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.carried.leave(self.id);
    }
}
