//! Commits: one write is one conditional request, several are a transaction, which costs twice.
//!
//! # What a repeat may do
//! A conditional write that is sent twice and took place the first time comes back as a condition that failed, though
//! it was our own write that made it fail. The SDK sends again by itself what got no answer, and would turn that into
//! a conflict that is none. So:
//! * a single write is sent once by the SDK. When no answer comes, the caller gets [`Error::Unavailable`], which says
//!   that it may have happened, and who repeats it must take a conflict for a question, to be answered by what is
//!   stored;
//! * a transaction carries a token (the SDK makes one), under which the service knows a repeat for ten minutes; so the
//!   SDK may repeat it;
//! * what was turned away because the table was busy has had no effect, and is sent again here, [`TRIES_MAX`] times.

use std::time::Duration;

use aws_sdk_dynamodb::{
    config::{Builder, retry::RetryConfig},
    types::{ConsumedCapacity, ReturnConsumedCapacity, ReturnValue},
};
use ports::store::{self, Error, Write};

use super::{
    Store,
    counts::{self, Counts},
    item::Attributes,
    outcome::Failure,
    request::Request,
    units::{self, Units},
};

/// Times that a write is sent while the table is busy.
const TRIES_MAX: u32 = 3;
/// Before the second time; later ones wait twice as long each.
const PAUSE: Duration = Duration::from_millis(25);

/// What the service gives back of a write that took place.
#[derive(Debug, Default)]
struct Told {
    /// What stood there; only a checked store asks for it.
    old: Option<Attributes>,
    capacity: Vec<ConsumedCapacity>,
}

impl Store {
    pub(super) async fn write(&self, writes: Vec<Write>) -> Result<(), Error> {
        store::check(&writes)?;
        for attempt in 1.. {
            let sent = if let [write] = &writes[..] {
                Box::pin(self.send_one(write)).await
            } else {
                Box::pin(self.send_all(&writes)).await
            };
            let Err(failure) = sent else {
                return Ok(());
            };
            self.count_failure(&failure, writes.len());
            match failure {
                Failure::Busy(_) if attempt < TRIES_MAX => {
                    tokio::time::sleep(PAUSE * 2_u32.pow(attempt - 1)).await;
                }
                Failure::Busy(_)
                | Failure::Conflict(_)
                | Failure::Unknown(_)
                | Failure::TooLarge(_)
                | Failure::Fatal { .. } => {
                    return Err(failure.of_writes(|index| writes.get(index).map(Write::key)));
                }
            }
        }
        unreachable!("the last attempt returns")
    }

    async fn send_one(&self, write: &Write) -> Result<(), Failure> {
        let request = Request::new(&self.table, write);
        let fresh = request.needs_absence();
        let leaves = request.leaves();
        let estimate = if fresh {
            units::write(None, leaves.as_ref(), false)
        } else {
            units::write_of_unknown(leaves.as_ref(), false)
        };
        drop(leaves);
        let kept = self.checked.then(|| request.clone());
        let told = self.send(request).await?;
        let units = match &kept {
            Some(kept) => {
                let (old, new) = (told.old.as_ref().map(units::view), kept.leaves());
                units::write(old.as_ref(), new.as_ref(), false)
            }
            None => estimate,
        };
        self.count_write(units, &told);
        Ok(())
    }

    /// Once, whatever comes back.
    async fn send(&self, request: Request) -> Result<Told, Failure> {
        let once = || Builder::new().retry_config(RetryConfig::disabled());
        let old = self.checked.then_some(ReturnValue::AllOld);
        let capacity = self.capacity();
        self.counters.add(|counts| *kind(counts, &request) += 1);
        match request {
            Request::Put(put) => {
                let sent = self.client.put_item().table_name(put.table_name).set_item(Some(put.item));
                let sent = sent.set_condition_expression(put.condition_expression);
                let sent = sent.set_expression_attribute_values(put.expression_attribute_values);
                let sent = sent.set_return_values(old).set_return_consumed_capacity(capacity);
                let sent = sent.customize().config_override(once()).send().await;
                let answer = sent.map_err(|error| Failure::of(&error))?;
                Ok(Told { old: answer.attributes, capacity: answer.consumed_capacity.into_iter().collect() })
            }
            Request::Update(update) => {
                let sent = self.client.update_item().table_name(update.table_name).set_key(Some(update.key));
                let sent = sent.update_expression(update.update_expression);
                let sent = sent.set_expression_attribute_values(update.expression_attribute_values);
                let sent = sent.set_return_values(old).set_return_consumed_capacity(capacity);
                let sent = sent.customize().config_override(once()).send().await;
                let answer = sent.map_err(|error| Failure::of(&error))?;
                Ok(Told { old: answer.attributes, capacity: answer.consumed_capacity.into_iter().collect() })
            }
            Request::Delete(delete) => {
                let sent = self.client.delete_item().table_name(delete.table_name).set_key(Some(delete.key));
                let sent = sent.set_condition_expression(delete.condition_expression);
                let sent = sent.set_expression_attribute_values(delete.expression_attribute_values);
                let sent = sent.set_return_values(old).set_return_consumed_capacity(capacity);
                let sent = sent.customize().config_override(once()).send().await;
                let answer = sent.map_err(|error| Failure::of(&error))?;
                Ok(Told { old: answer.attributes, capacity: answer.consumed_capacity.into_iter().collect() })
            }
        }
    }

    async fn send_all(&self, writes: &[Write]) -> Result<(), Failure> {
        let requests: Vec<_> = writes.iter().map(|write| Request::new(&self.table, write)).collect();
        let estimates = requests.iter().map(|request| {
            let leaves = request.leaves();
            // A transaction does not give back what stood there.
            if request.needs_absence() {
                units::write(None, leaves.as_ref(), true)
            } else {
                units::write_of_unknown(leaves.as_ref(), true)
            }
        });
        let estimate = estimates.fold(Units::default(), |sum, one| sum + one);
        self.counters.add(|counts| counts.transactions += 1);
        let sent = self.client.transact_write_items();
        let sent = sent.set_transact_items(Some(requests.into_iter().map(Into::into).collect()));
        let sent = sent.set_return_consumed_capacity(self.capacity()).send().await;
        let answer = sent.map_err(|error| Failure::of_transaction(&error))?;
        self.count_write(
            estimate,
            &Told { old: None, capacity: answer.consumed_capacity.unwrap_or_default() },
        );
        Ok(())
    }

    /// What is asked of the service about the cost of a request.
    pub(super) fn capacity(&self) -> Option<ReturnConsumedCapacity> {
        self.checked.then_some(ReturnConsumedCapacity::Indexes)
    }

    fn count_write(&self, units: Units, told: &Told) {
        self.counters.add(|counts| {
            counts.units += units;
            for capacity in &told.capacity {
                counts.told += counts::told_of_write(capacity);
            }
        });
    }

    fn count_failure(&self, failure: &Failure, writes: usize) {
        self.counters.add(|counts| match failure {
            Failure::Conflict(_) => {
                counts.conflicts += 1;
                counts.units += units::refused(writes);
            }
            Failure::Busy(_) => counts.busy += 1,
            Failure::Unknown(_) | Failure::TooLarge(_) | Failure::Fatal { .. } => {}
        });
    }
}

fn kind<'a>(counts: &'a mut Counts, request: &Request) -> &'a mut u64 {
    match request {
        Request::Put(_) => &mut counts.puts,
        Request::Update(_) => &mut counts.updates,
        Request::Delete(_) => &mut counts.deletes,
    }
}
