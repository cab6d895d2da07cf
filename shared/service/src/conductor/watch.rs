//! Waiting for more than the end: register, look, sleep, and look again at each commit.
//!
//! Every commit of this process wakes those who registered for its execution, so nothing here looks at a fixed pace. A
//! slow look stands behind it for what other processes commit.

use std::{collections::HashMap, pin::Pin};

use engine::{execution::Execution, id::ExecutionId};
use futures_util::future::select_all;
use tokio::{
    sync::futures::Notified,
    task::{JoinError, JoinHandle},
    time::Instant,
};

use super::until::{Look, Seen, Until, seen_at_the_end};
use crate::{
    Class, Error, Service,
    start::finished,
    wait::{POLL, POLL_AGAIN, POLL_STATES, Waiter},
};

/// A workflow that somebody waits for.
#[derive(Debug)]
pub(super) struct Watched<'w> {
    pub(super) tenant: &'w str,
    pub(super) id: ExecutionId,
    pub(super) until: &'w Until,
    pub(super) deadline: Instant,
    /// The call that is to have begun it, when that may be another.
    pub(super) call: Option<u128>,
}

/// Carrying an execution in a task of its own.
pub(super) type Carrying = JoinHandle<Result<Execution, Error>>;

/// Waiting for a workflow and those below it.
type Waiters = HashMap<ExecutionId, Waiter>;

impl Service {
    /// Waits until the end, until a task blocks, or until the deadline. With `carrying` the execution may not be stored
    /// yet: then the first commit is awaited, however long that takes.
    ///
    /// # Errors
    /// `NotFound`; `Contention` when another call has begun it; what broke the carrying off.
    pub(super) async fn watch(
        &self,
        watched: &Watched<'_>,
        mut carrying: Option<&mut Carrying>,
    ) -> Result<Seen, Error> {
        let &Watched { tenant, id, until, deadline, call } = watched;
        let mut waiters = HashMap::from([(id, self.shared.waiters.register(id))]);
        let slowly = if self.shared.outside.replies.is_some() { POLL_STATES } else { POLL };
        let mut trouble = None;
        let mut told = None;
        loop {
            let woken = woken(&waiters);
            let over = Instant::now() >= deadline;
            let mut pause = slowly;
            match self.look_at(tenant, id, until).await {
                Ok(look) if call.is_some() && look.target.origin.call != call => {
                    return Err(Error::Contention(format!("another call has begun the execution {id}")));
                }
                Ok(look) => match look.answer(over) {
                    Ok(seen) => return Ok(seen),
                    Err(Look { children, .. }) => {
                        if children.iter().any(|child| !waiters.contains_key(child)) {
                            drop(woken);
                            self.attend(&mut waiters, id, &children);
                            // What they did before is looked at now.
                            continue;
                        }
                        if carrying.is_none() && told.is_none() {
                            match self.be_told(tenant, id).await {
                                Ok(listener) => {
                                    told = Some(listener);
                                    continue;
                                }
                                Err(error) => tracing::debug!(%error, execution = %id, "nobody can tell"),
                            }
                        }
                    }
                },
                Err(Error::NotFound(_)) if carrying.is_some() => {}
                Err(error) if error.class() == Class::Transient && !over => pause = POLL_AGAIN,
                Err(error) => return Err(trouble.unwrap_or(error)),
            }
            let next = Instant::now() + pause;
            let next = if over { next } else { next.min(deadline) };
            tokio::select! {
                biased;
                joined = end_of(&mut carrying) => {
                    carrying = None;
                    match finished(joined) {
                        Ok(execution) if execution.is_over() => return Ok(seen_at_the_end(execution, until)),
                        // It was let go: whoever takes it up next tells us.
                        Ok(_) => {}
                        // What was committed before is taken up by the clock.
                        Err(error) if error.class() == Class::Transient => trouble = Some(error),
                        Err(error) => return Err(error),
                    }
                }
                _ = tokio::time::timeout_at(next, select_all(woken)) => {}
            }
        }
    }

    /// Registers for the children that run, and leaves those that do not any more.
    fn attend(&self, waiters: &mut Waiters, id: ExecutionId, children: &[ExecutionId]) {
        waiters.retain(|it, _| *it == id || children.contains(it));
        for child in children {
            waiters.entry(*child).or_insert_with(|| self.shared.waiters.register(*child));
        }
    }
}

/// The next wake-up of each from now on. Never none.
fn woken(waiters: &Waiters) -> Vec<Pin<Box<Notified<'_>>>> {
    let each = waiters.values().map(|waiter| {
        let mut woken = Box::pin(waiter.woken());
        woken.as_mut().enable();
        woken
    });
    each.collect()
}

/// Comes back when nobody carries it here any more; never when nobody did.
async fn end_of(carrying: &mut Option<&mut Carrying>) -> Result<Result<Execution, Error>, JoinError> {
    match carrying {
        Some(carrying) => carrying.await,
        None => std::future::pending().await,
    }
}
