//! Who polls for which type, in this process: woken when an offer is written here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use engine::time::Timestamp;
use tokio::sync::Notify;

/// A domain counts as served when somebody polled for it in this time.
const OF_LATE: Duration = Duration::from_secs(10);
/// Queues and workers that are remembered; who polled longest ago is forgotten first.
const POLLED_MAX: usize = 10_000;

#[derive(Debug, Default)]
pub(crate) struct Pollers {
    waiting: Mutex<HashMap<Queue, Weak<Notify>>>,
    polled: Mutex<HashMap<(Queue, String), Timestamp>>,
}

/// A tenant, and what is polled in it: `domain:type`, or the type alone.
type Queue = (String, String);

/// When a worker polled last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// `domain:type`, or the type alone.
    pub queue: String,
    pub worker: String,
    pub at: Timestamp,
}

impl Pollers {
    /// A place among those who wait for offers of a queue: every waiter of it is woken.
    pub(super) fn register(&self, tenant: &str, queue: &str) -> Arc<Notify> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (tenant.to_owned(), queue.to_owned());
        if let Some(known) = waiting.get(&key).and_then(Weak::upgrade) {
            return known;
        }
        waiting.retain(|_, it| it.strong_count() > 0);
        let notify = Arc::new(Notify::new());
        waiting.insert(key, Arc::downgrade(&notify));
        notify
    }

    pub(crate) fn wake(&self, tenant: &str, queue: &str) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = waiting.get(&(tenant.to_owned(), queue.to_owned())).and_then(Weak::upgrade) {
            known.notify_waiters();
        }
    }

    /// Those of a type, of every domain.
    pub(super) fn wake_all(&self, tenant: &str, task_type: &str) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let of_type = |queue: &str| {
            queue.strip_suffix(task_type).is_some_and(|domain| domain.is_empty() || domain.ends_with(':'))
        };
        let concerned = waiting.iter().filter(|((of, queue), _)| of == tenant && of_type(queue));
        concerned.filter_map(|(_, it)| it.upgrade()).for_each(|it| it.notify_waiters());
    }

    pub(super) fn note(&self, tenant: &str, queue: &str, worker: &str, now: Timestamp) {
        let mut polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        polled.insert(((tenant.to_owned(), queue.to_owned()), worker.to_owned()), now);
        if polled.len() > POLLED_MAX
            && let Some(oldest) = polled.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone())
        {
            polled.remove(&oldest);
        }
    }

    pub(super) fn polled_of_late(&self, tenant: &str, queue: &str, now: Timestamp) -> bool {
        self.all(tenant).iter().any(|it| it.queue == queue && now.since(it.at) <= OF_LATE)
    }

    /// Who polled here, and when, by queue and worker.
    pub(super) fn all(&self, tenant: &str) -> Vec<Polled> {
        let polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        let of_tenant = polled.iter().filter(|(((of, _), _), _)| of == tenant);
        let mut all: Vec<Polled> = of_tenant
            .map(|(((_, queue), worker), at)| Polled {
                queue: queue.clone(),
                worker: worker.clone(),
                at: *at,
            })
            .collect();
        all.sort_by(|one, other| (&one.queue, &one.worker).cmp(&(&other.queue, &other.worker)));
        all
    }
}
