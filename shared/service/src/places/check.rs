//! Comparing who has a place with who runs, for what every message was lost of.

use std::time::Duration;

use engine::{execution::State, id::ExecutionId};
use futures_util::{StreamExt, stream};
use ports::store::Key;

use super::book::{Entry, Of};
use crate::{Error, Service, keys};

/// How long after its last change an item is looked at.
pub(super) const CHECKED_AFTER: Duration = Duration::from_mins(1);
/// How long an execution may have a place before its first commit.
const UNCLAIMED: Duration = Duration::from_mins(2);
/// Executions read at the same time.
const READ_TOGETHER: usize = 16;

enum Found {
    /// It is over, or was never stored.
    Gone(ExecutionId),
    /// It has not begun yet.
    Waits(ExecutionId),
    Runs,
}

impl Service {
    /// Takes the places of those who are over, gives them to those who wait, and calls all that have not begun.
    /// `false` when somebody changed the item meanwhile: it is due again later.
    ///
    /// # Errors
    /// The store's; it stays due.
    pub(crate) async fn check_places(&self, key: &Key) -> Result<bool, Error> {
        let Some(of) = keys::as_places(key) else {
            return Ok(false);
        };
        let (mut book, version) = self.book(of).await?;
        if self.forget_book(of, &book, version).await? {
            return Ok(true);
        }
        let found: Vec<Result<Found, Error>> = stream::iter(book.taken.clone())
            .map(|entry| self.find_who(of, entry))
            .buffer_unordered(READ_TOGETHER)
            .collect()
            .await;
        let mut waiting = Vec::new();
        for found in found {
            match found? {
                Found::Gone(id) => book.taken.retain(|it| it.id != id),
                Found::Waits(id) => waiting.push(id),
                Found::Runs => {}
            }
        }
        let (called, writes) = self.fill(of, &mut book).await?;
        if !self.write_book(of, &book, version, writes).await? {
            return Ok(false);
        }
        self.call(of, called).await?;
        self.call(of, waiting).await?;
        Ok(true)
    }

    async fn find_who(&self, of: Of<'_>, entry: Entry) -> Result<Found, Error> {
        let Some((record, _)) = self.read_record(of.tenant, entry.id).await? else {
            let abandoned = self.now().since(entry.since) >= UNCLAIMED;
            return Ok(if abandoned { Found::Gone(entry.id) } else { Found::Runs });
        };
        let execution = &record.execution;
        Ok(match execution.state.current() {
            _ if execution.is_over() => Found::Gone(entry.id),
            State::Queued | State::Created => Found::Waits(entry.id),
            State::Running
            | State::Paused
            | State::Restarted
            | State::Killing
            | State::Retrying
            | State::Success
            | State::Warning
            | State::Failed
            | State::Killed
            | State::Cancelled
            | State::Retried
            | State::Skipped => Found::Runs,
        })
    }
}
