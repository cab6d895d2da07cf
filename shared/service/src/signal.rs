//! Signals: what others tell an execution, as items of their own, so that a thousand of them never contend for one.

use std::time::Duration;

use engine::{
    execution::Execution,
    id::ExecutionId,
    machine::{self, Event, Rejected},
};
use ports::store::{Condition, Content, Direction, Range, Write};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Service,
    attempt::Running,
    calls::End,
    hold::{Held, impossible},
    keys, record,
};

/// Signals read at once; more are read at the next look.
const SIGNALS_PAGE: usize = 50;
/// How long a signal may stay when nobody ever applies it: one that came after the end, written by a commit that was
/// told to have failed.
pub(crate) const SIGNAL_KEPT: Duration = Duration::from_hours(24);

/// What an execution can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Signal {
    Kill,
    /// An execution that it waits for has ended.
    CallEnded(End),
}

impl Service {
    /// Asks for the end of an execution. Kestra: asking again, or after the end, changes nothing.
    ///
    /// # Errors
    /// `NotFound`; `IllegalState` when it has ended and `cascade` is false.
    pub async fn kill(&self, tenant: &str, id: ExecutionId, cascade: bool) -> Result<Execution, Error> {
        let execution = self.execution(tenant, id).await?;
        if execution.state.is_terminal() {
            if cascade {
                self.kill_called(&execution).await?;
                return Ok(execution);
            }
            return Err(Error::IllegalState("Execution is already finished, can't kill it".to_owned()));
        }
        let key = keys::signal(tenant, id, self.new_id());
        let content = Content {
            body: record::encode(&Signal::Kill)?,
            expires_at: Some(self.now().plus(SIGNAL_KEPT)),
            ..Content::default()
        };
        let body = content.body.clone();
        let put = Write::Put { key: key.clone(), condition: Condition::None, content };
        self.write(&key, &body, vec![put]).await?;
        if !self.shared.carried.poke(id) {
            // Nobody carries it here. If nobody does anywhere, somebody must; if somebody does, this finds it busy,
            // and the holder finds the signal.
            if let Err(refused) = self.dispatch(tenant, id).await {
                tracing::debug!(%refused, execution = %id, "the tick will find it");
            }
        }
        let execution = self.execution(tenant, id).await?;
        if execution.state.is_terminal() {
            self.store().commit(vec![Write::Delete { key, condition: Condition::None }]).await?;
        }
        Ok(execution)
    }

    /// Applies the signals that have come. `true` when one changed the execution.
    pub(crate) async fn drain(&self, held: &mut Held, running: &Running) -> Result<bool, Error> {
        if held.version.is_none() {
            return Ok(false);
        }
        let execution = &held.record.execution;
        let partition = keys::execution_partition(&execution.tenant, execution.id);
        let mut changed = false;
        let mut ends = Vec::new();
        for item in self.store().query(&partition, signals(SIGNALS_PAGE)).await? {
            if held.drained.contains(&item.key) {
                continue;
            }
            let event = match record::decode(&item.content.body)? {
                Signal::CallEnded(end) => {
                    ends.push(end);
                    held.drained.push(item.key);
                    continue;
                }
                Signal::Kill => {
                    self.kill_called(&held.record.execution).await?;
                    running.kill();
                    Event::KillRequested
                }
            };
            match machine::apply(held.flow.sound()?, &mut held.record.execution, event, self.now()) {
                Ok(()) => changed = true,
                Err(Rejected::Ended(_) | Rejected::Stale(_)) => {}
                Err(rejected @ Rejected::Impossible(_)) => return Err(impossible(rejected)),
            }
            held.drained.push(item.key);
        }
        let told = !ends.is_empty();
        changed |= self.count_ends(held, ends).await?;
        // Signals that change nothing are removed before they fill the page.
        Ok(changed || (told && held.drained.len() >= SIGNALS_PAGE / 2))
    }

    pub(crate) async fn has_signals(&self, execution: &Execution) -> Result<bool, Error> {
        let partition = keys::execution_partition(&execution.tenant, execution.id);
        Ok(!self.store().query(&partition, signals(1)).await?.is_empty())
    }
}

fn signals(limit: usize) -> Range<'static> {
    Range { prefix: keys::SIGNALS, after: None, direction: Direction::Ascending, limit }
}
