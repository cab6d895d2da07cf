//! Waiting for an execution: register, read, sleep, and read again on each wake-up.
//!
//! Whoever registers before reading misses nothing: what is committed after the read wakes, what was committed
//! before is read. A slow poll stands behind it for what other processes commit.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use engine::{execution::Execution, id::ExecutionId};
use tokio::{
    sync::{Notify, futures::Notified, mpsc},
    time::Instant,
};

use crate::{Class, Error, Service, Started, told::Listener};

/// How long a wake-up may be missed before the store is asked again.
pub(crate) const POLL: Duration = Duration::from_secs(5);
/// The same for a follower of an execution that another process may carry: nobody tells of the states before the last.
pub(crate) const POLL_STATES: Duration = Duration::from_secs(1);
/// Before the store is asked again when it did not answer.
pub(crate) const POLL_AGAIN: Duration = Duration::from_millis(200);
/// States on their way to a follower; a slow one holds nothing else up.
const STATES_UNDERWAY_MAX: usize = 16;

/// Who waits for which execution, in this process.
#[derive(Debug, Default)]
pub(crate) struct Waiters {
    by_execution: Arc<ByExecution>,
}

/// Whether other processes know that we wait.
enum Told {
    NotYet,
    Will { _listener: Option<Listener> },
}

type ByExecution = Mutex<HashMap<ExecutionId, Weak<Notify>>>;

/// A place among those who wait for one execution; left when dropped.
#[derive(Debug)]
pub(crate) struct Waiter {
    id: ExecutionId,
    wake: Arc<Notify>,
    waiters: Arc<ByExecution>,
}

impl Waiter {
    /// Comes back at the next wake-up after it was enabled.
    pub(crate) fn woken(&self) -> Notified<'_> {
        self.wake.notified()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        // Registering upgrades under the same lock, so a count of one is us alone.
        if Arc::strong_count(&self.wake) == 1 {
            waiters.remove(&self.id);
        }
    }
}

impl Waiters {
    pub(crate) fn register(&self, id: ExecutionId) -> Waiter {
        let mut waiters = self.by_execution.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = waiters.entry(id).or_default();
        let wake = entry.upgrade().unwrap_or_else(|| {
            let wake = Arc::new(Notify::new());
            *entry = Arc::downgrade(&wake);
            wake
        });
        Waiter { id, wake, waiters: Arc::clone(&self.by_execution) }
    }

    /// Wakes everybody who waits for the execution.
    pub(crate) fn wake(&self, id: ExecutionId) {
        let waiters = self.by_execution.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wake) = waiters.get(&id).and_then(Weak::upgrade) {
            wake.notify_waiters();
        }
    }
}

impl Service {
    /// Waits until the execution has ended, at most so long. The execution is never touched by a wait that ends.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn wait(&self, tenant: &str, id: ExecutionId, at_most: Duration) -> Result<Started, Error> {
        let deadline = Instant::now() + at_most;
        let waiter = self.shared.waiters.register(id);
        let mut told = Told::NotYet;
        loop {
            let woken = waiter.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let over = Instant::now() >= deadline;
            let mut pause = POLL;
            match self.execution(tenant, id).await {
                Ok(execution) if execution.is_over() || over => {
                    return Ok(Started { ended: execution.is_over(), execution });
                }
                Ok(_) => {}
                Err(error) if error.class() == Class::Transient && !over => pause = POLL_AGAIN,
                Err(error) => return Err(error),
            }
            if matches!(told, Told::NotYet) {
                match self.be_told(tenant, id).await {
                    Ok(listener) => {
                        told = Told::Will { _listener: listener };
                        // What ended before we could be told is read now.
                        continue;
                    }
                    Err(error) => {
                        tracing::debug!(%error, execution = %id, "nobody can tell; asked again later");
                        pause = POLL_AGAIN;
                    }
                }
            }
            let _ = tokio::time::timeout_at(deadline.min(Instant::now() + pause), woken).await;
        }
    }

    /// Every state of the execution from now on, the present one first; the channel closes after the last one. A
    /// receiver that is slow gets the newest state instead of each.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn follow(&self, tenant: &str, id: ExecutionId) -> Result<mpsc::Receiver<Execution>, Error> {
        let waiter = self.shared.waiters.register(id);
        let first = self.execution(tenant, id).await?;
        let (sender, receiver) = mpsc::channel(STATES_UNDERWAY_MAX);
        let service = self.clone();
        let tenant = tenant.to_owned();
        tokio::spawn(async move {
            service.send_states(&tenant, first, &waiter, &sender).await;
        });
        Ok(receiver)
    }

    async fn send_states(
        &self,
        tenant: &str,
        first: Execution,
        waiter: &Waiter,
        sender: &mpsc::Sender<Execution>,
    ) {
        let id = first.id;
        let mut shown = first;
        if sender.send(shown.clone()).await.is_err() {
            return;
        }
        let poll = if self.shared.outside.replies.is_some() { POLL_STATES } else { POLL };
        while !shown.is_over() {
            let woken = waiter.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            match self.execution(tenant, id).await {
                Ok(execution) if execution != shown => {
                    shown = execution;
                    if sender.send(shown.clone()).await.is_err() {
                        return;
                    }
                }
                Ok(_) => {
                    tokio::select! {
                        biased;
                        _ = tokio::time::timeout(poll, woken) => {}
                        () = sender.closed() => return,
                    }
                }
                Err(error) if error.class() == Class::Transient => {
                    tokio::select! {
                        biased;
                        () = tokio::time::sleep(POLL_AGAIN) => {}
                        () = sender.closed() => return,
                    }
                }
                Err(_) => return,
            }
        }
    }
}
