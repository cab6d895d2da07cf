//! Places: how many executions of a flow run at the same time.
//!
//! A flow with `concurrency` has one item (where a key says which of its executions share places, one for each key) that says which of its executions have a place, and one item for each that
//! waits for one, in the order of their creation. Both change in one commit under the version of the first, so whoever
//! has read it knows the whole queue.
//!
//! A place is written down *before* the commit of the execution that begins with it, and given back *after* the commit
//! that ends it. Whoever gives a place back hands it to the oldest that waits in the same write, and then calls that
//! one. Nobody has to remember any of this:
//! * One who dies before it gives back is repeated by the feed ([`Service::react`]), which changes nothing a second time.
//! * One who dies before it calls is repeated as well, and calls all that were not known to have been called.
//! * One who was called before it was stored looks once more after that (`carry`).
//! * Where all of them are lost, the item is due a minute later, and what it says is compared with the executions.

mod book;
mod check;

use std::sync::Arc;

use engine::{
    execution::{Execution, State},
    flow::{Concurrency, ConcurrencyBehavior},
    machine::{self, Event},
};
use expression::Supplied;
use ports::store::{Condition, Content, Write};

use crate::{
    Error, Service,
    carry::NEEDS_ROUNDS_MAX,
    hold::{Held, impossible},
    keys,
};
use book::Entry;
pub(crate) use book::Of;

/// Tries to change an item against others who change it.
const TRIES_MAX: u64 = 200;
/// What an execution is told that fails because there is no place. Kestra's words.
const REFUSED: &str = "Flow is FAILED due to concurrency limit exceeded";

/// What became of a question for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Taken,
    Queued,
    None,
}

impl Service {
    /// Finds out whether an execution may begin, and applies the answer. One that is queued and stays so is left as it
    /// is. Asking again gives the same place.
    ///
    /// # Errors
    /// The store's; `Unavailable` while too many others ask.
    pub(crate) async fn ask_for_place(&self, held: &mut Held) -> Result<(), Error> {
        self.name_place(held).await?;
        let flow = held.flow.sound()?;
        let execution = &mut held.record.execution;
        let event = match flow.concurrency {
            None => Event::Admitted,
            Some(Concurrency { limit, behavior }) => {
                let queues = behavior == ConcurrencyBehavior::Queue || has_queued(execution);
                match (self.place(execution, limit, queues).await?, behavior) {
                    (Place::Taken, _) => Event::Admitted,
                    (Place::Queued, _) if execution.state.current() == State::Queued => return Ok(()),
                    (Place::Queued, _) => Event::Queued,
                    (Place::None, ConcurrencyBehavior::Fail) => {
                        Event::Refused { state: State::Failed, message: REFUSED.to_owned() }
                    }
                    (Place::None, ConcurrencyBehavior::Cancel | ConcurrencyBehavior::Queue) => {
                        let message = "Flow is CANCELLED due to concurrency limit exceeded".to_owned();
                        Event::Refused { state: State::Cancelled, message }
                    }
                }
            }
        };
        machine::apply(flow, execution, event, self.now()).map_err(impossible)
    }

    /// Finds out with whom an execution shares places. Its inputs never change, so neither does that.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn name_place(&self, held: &mut Held) -> Result<(), Error> {
        let stored = Arc::clone(&held.flow);
        let flow = stored.sound()?;
        let template = flow.workflow.as_ref().and_then(|it| it.place_key.as_ref());
        let Some(template) = template.filter(|_| held.record.execution.course.place_key.is_none()) else {
            return Ok(());
        };
        let mut supplied = Supplied::new();
        for _ in 0..NEEDS_ROUNDS_MAX {
            let execution = &held.record.execution;
            let key =
                self.with_world(&supplied, 0, |world| machine::render(flow, execution, template, world));
            let key = match key {
                Ok(key) => key,
                Err(expression::Error::Needs(needs)) => {
                    self.supply(held, needs, &mut supplied).await?;
                    continue;
                }
                // What cannot be told apart shares places.
                Err(expression::Error::Failed(_)) => String::new(),
            };
            let named = Event::PlaceNamed { key };
            if let Err(rejected) = machine::apply(flow, &mut held.record.execution, named, self.now()) {
                tracing::debug!(%rejected, "it has begun without a key, and shares places with all");
            }
            return Ok(());
        }
        Err(crate::carry::stuck())
    }

    async fn place(&self, execution: &Execution, limit: u32, queues: bool) -> Result<Place, Error> {
        let of = Of::flow_of(execution);
        for attempt in 0..TRIES_MAX {
            let (mut book, version) = self.book(of).await?;
            if book.has(execution.id) {
                return Ok(Place::Taken);
            }
            book.limit = limit;
            let mut called = Vec::new();
            let mut writes = Vec::new();
            let place = if book.free() > 0 && book.queued == 0 {
                book.taken.push(Entry { id: execution.id, since: self.now(), called: false });
                Place::Taken
            } else if book.free() > 0 {
                // The limit was raised. Those who wait come first; perhaps it is one of them.
                (called, writes) = self.fill(of, &mut book).await?;
                Place::None
            } else if !queues {
                return Ok(Place::None);
            } else {
                let key = of.waiting(execution);
                if self.store().get(&key).await?.is_some() {
                    return Ok(Place::Queued);
                }
                book.queued += 1;
                writes.push(Write::Put { key, condition: Condition::Absent, content: Content::default() });
                Place::Queued
            };
            if !self.write_book(of, &book, version, writes).await? {
                self.give_way(attempt).await;
                continue;
            }
            self.call(of, called).await?;
            if place != Place::None {
                return Ok(place);
            }
        }
        Err(contended(of))
    }

    /// Gives the place of an execution back that is over, or takes it out of the queue, and hands what is free to those
    /// who wait. A second time calls those again who may not have been called.
    ///
    /// # Errors
    /// The store's, and the queue's: what was changed is changed, and a later try goes on.
    pub(crate) async fn give_back(&self, execution: &Execution) -> Result<(), Error> {
        let of = Of::flow_of(execution);
        for attempt in 0..TRIES_MAX {
            let (mut book, version) = self.book(of).await?;
            let (mut called, mut writes) = (Vec::new(), Vec::new());
            if book.has(execution.id) {
                book.taken.retain(|it| it.id != execution.id);
                (called, writes) = self.fill(of, &mut book).await?;
            } else if has_queued(execution) && self.store().get(&of.waiting(execution)).await?.is_some() {
                book.leave(of.waiting(execution), &mut writes);
            } else {
                let called = book.taken.into_iter().filter(|it| it.called).map(|it| it.id).collect();
                return self.call(of, called).await;
            }
            if self.write_book(of, &book, version, writes).await? {
                return self.call(of, called).await;
            }
            self.give_way(attempt).await;
        }
        Err(contended(of))
    }

    /// Whether an execution that waits for a place may have got one while it was let go. It is asked for then.
    pub(crate) async fn has_been_called(&self, held: &mut Held) -> Result<bool, Error> {
        if !waits(&held.record.execution) {
            return Ok(false);
        }
        self.ask_for_place(held).await?;
        Ok(held.record.execution.course.admitted)
    }

    /// Gives an execution a place past the limit, for one that somebody wants to begin at once.
    ///
    /// # Errors
    /// As [`Self::ask_for_place`].
    pub(crate) async fn push_in(&self, execution: &Execution) -> Result<(), Error> {
        let of = Of::flow_of(execution);
        for attempt in 0..TRIES_MAX {
            let (mut book, version) = self.book(of).await?;
            if book.has(execution.id) {
                return Ok(());
            }
            let mut writes = Vec::new();
            if self.store().get(&of.waiting(execution)).await?.is_some() {
                book.leave(of.waiting(execution), &mut writes);
            }
            book.taken.push(Entry { id: execution.id, since: self.now(), called: true });
            if self.write_book(of, &book, version, writes).await? {
                return Ok(());
            }
            self.give_way(attempt).await;
        }
        Err(contended(of))
    }

    /// Tells those who got a place that they may begin.
    async fn call(&self, of: Of<'_>, called: Vec<engine::id::ExecutionId>) -> Result<(), Error> {
        for id in called {
            self.dispatch(of.tenant, id).await?;
        }
        Ok(())
    }

    /// Waits a little, longer with each try, and not as long as the others.
    pub(crate) async fn give_way(&self, attempt: u64) {
        let most = 1 + attempt.min(20) * 2;
        let millis = u64::try_from(self.new_id() % u128::from(most)).unwrap_or_default();
        tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
    }
}

/// Whether it has a place, or waits for one, or once did.
pub(crate) fn takes_part(execution: &Execution) -> bool {
    execution.course.admitted || has_queued(execution)
}

/// Whether it waits for a place, or once did.
fn has_queued(execution: &Execution) -> bool {
    execution.state.histories().any(|it| it.state == State::Queued)
}

/// Whether it is in the queue, as far as it knows.
pub(crate) fn waits(execution: &Execution) -> bool {
    execution.state.current() == State::Queued && !execution.course.admitted
}

fn contended(of: Of<'_>) -> Error {
    Error::Unavailable {
        message: format!(
            "too many executions of {} ask for a place at once; try again",
            keys::places(of).sort
        ),
        retry_after: std::time::Duration::from_secs(1),
    }
}
