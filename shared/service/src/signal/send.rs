//! Telling an execution something, and seeing what became of it.

use std::time::Duration;

use engine::{execution::Execution, id::ExecutionId, machine::Next};
use expression::{Need, Supplied};
use ports::store::{Condition, Content, Key, Write};
use tokio::time::Instant;

use super::{SIGNAL_KEPT, Signal};
use crate::{
    Class, Error, Service,
    attempt::Running,
    hold::{Held, Taken},
    keys, offers, record,
    wait::Waiter,
};

/// How long a sender waits at most to see its signal applied. More than [`crate::carry::SIGNALS_EVERY`], so that a
/// holder in another process mostly makes it.
const APPLIED_WITHIN: Duration = Duration::from_secs(3);
/// How often a sender looks whether a holder in another process has applied its signal: nobody tells of that.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Service {
    /// Tells an execution something. Gives it as it is once the signal was applied, or after [`APPLIED_WITHIN`]: the
    /// signal is applied later then.
    ///
    /// Where nobody holds the execution it is told here, moved as far as that goes at once, and handed over.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable` when the signal may not be heard for long: it can be sent again.
    pub(crate) async fn signal(
        &self,
        tenant: &str,
        id: ExecutionId,
        signal: &Signal,
    ) -> Result<Execution, Error> {
        let until = Instant::now() + APPLIED_WITHIN;
        let waiter = self.shared.waiters.register(id);
        let key = self.write_signal(tenant, id, signal).await?;
        self.shared.carried.poke(id);
        // A carrier that was poked may be past its last look, so this looks for itself in any case.
        match self.signal_here(tenant, id, &key).await {
            Ok(Some(execution)) => return Ok(execution),
            Ok(None) => {}
            Err(error) => match error.class() {
                Class::Contention | Class::Transient => self.dispatch(tenant, id).await?,
                Class::Caller | Class::Bug => return Err(error),
            },
        }
        self.applied(tenant, id, &key, &waiter, until).await
    }

    async fn write_signal(&self, tenant: &str, id: ExecutionId, signal: &Signal) -> Result<Key, Error> {
        let key = keys::signal(tenant, id, self.new_id());
        let content = Content {
            body: record::encode(signal)?,
            expires_at: Some(self.now().plus(SIGNAL_KEPT)),
            ..Content::default()
        };
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &body, vec![put]).await?;
        Ok(key)
    }

    /// Applies the signals of an execution that nobody holds; `None` when somebody does, or this one is not among them.
    async fn signal_here(
        &self,
        tenant: &str,
        id: ExecutionId,
        key: &Key,
    ) -> Result<Option<Execution>, Error> {
        let mut held = match self.take(tenant, id, false).await? {
            Taken::Held(held) => *held,
            Taken::Busy | Taken::Over => return Ok(None),
        };
        self.drain(&mut held, &Running::new()).await?;
        let is_applied = held.drained.contains(key);
        match self.let_go(&mut held).await {
            Err(Error::TooLarge(limit)) => self.end_oversized(&mut held, &limit).await?,
            gone => gone?,
        }
        Ok(is_applied.then_some(held.record.execution))
    }

    /// Folds what was told, and leaves the rest to a carrier.
    pub(crate) async fn let_go(&self, held: &mut Held) -> Result<(), Error> {
        let mut supplied = Supplied::new();
        loop {
            return match self.fold_on(held, &supplied).await? {
                Next::Ended => {
                    held.record.lease = None;
                    self.commit(held).await
                }
                Next::Waiting => {
                    if !self.park(held).await? {
                        self.dispatch(&held.record.execution.tenant, held.record.id()).await?;
                    }
                    Ok(())
                }
                Next::Attempts(ready) => {
                    let (offers, _) = offers::split(ready);
                    if Box::pin(self.offer(held, offers)).await? {
                        continue;
                    }
                    self.hand_over(held).await
                }
                // One read is less than a hand-over; the same is not asked for twice.
                Next::Needs(needs) if needs.iter().all(|it| matches!(it, Need::Definition { .. })) => {
                    self.supply(held, needs, &mut supplied).await?;
                    continue;
                }
                Next::Needs(_) | Next::Place | Next::More => self.hand_over(held).await,
            };
        }
    }

    /// Waits until whoever holds the execution has applied the signal: then it is gone.
    async fn applied(
        &self,
        tenant: &str,
        id: ExecutionId,
        key: &Key,
        waiter: &Waiter,
        until: Instant,
    ) -> Result<Execution, Error> {
        let pause = if self.shared.settings.alone { APPLIED_WITHIN } else { LOOK_AGAIN };
        loop {
            let woken = waiter.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let is_applied = self.store().get(key).await?.is_none();
            let execution = self.execution(tenant, id).await?;
            let has_ended = execution.state.is_terminal();
            if has_ended && !is_applied {
                // Nobody looks for it any more.
                let delete = Write::Delete { key: key.clone(), condition: Condition::None };
                self.store().commit(vec![delete]).await?;
            }
            if is_applied || has_ended || Instant::now() >= until {
                return Ok(execution);
            }
            let _ = tokio::time::timeout_at(until.min(Instant::now() + pause), woken).await;
        }
    }
}
