//! The item that says who has a place.

use std::time::Duration;

use engine::{execution::Execution, id::ExecutionId, time::Timestamp};
use ports::store::{Condition, Content, Direction, Key, Range, Version, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Class, Error, Service, keys, record};

use super::check::CHECKED_AFTER;

/// Those who get a place in one write; the rest gets one with the next.
const FILLED_MAX: usize = 50;

/// How long a book of a key is kept when nobody has or wants a place. After it is gone its versions begin anew; nobody
/// holds what he read for so long.
const IDLE_KEPT: Duration = Duration::from_hours(1);

/// Which flow, and which of its executions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) flow_id: &'a str,
    /// What stands for the key of those that share places; `None` where all executions of the flow do.
    pub(crate) key: Option<u128>,
}

/// Who has a place, and how many wait for one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Book {
    /// As the last who asked knew it.
    #[serde(rename = "l")]
    pub(super) limit: u32,
    #[serde(rename = "q", default)]
    pub(super) queued: u32,
    #[serde(rename = "t", default)]
    pub(super) taken: Vec<Entry>,
    /// Since when nobody has or wants a place.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    idle: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    #[serde(rename = "i")]
    pub(super) id: ExecutionId,
    #[serde(rename = "s")]
    pub(super) since: Timestamp,
    /// It waited and has to be told.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) called: bool,
}

impl<'a> Of<'a> {
    pub(super) fn flow_of(execution: &'a Execution) -> Self {
        let Execution { tenant, namespace, flow_id, .. } = execution;
        let key = execution.course.place_key.as_deref().map(digest);
        Self { tenant, namespace, flow_id, key }
    }

    /// Where an execution waits.
    pub(super) fn waiting(self, execution: &Execution) -> Key {
        let sort = keys::place(execution.state.first().date, execution.id);
        Key { partition: keys::queue(self), sort }
    }
}

/// Keys are of any length, and of any characters.
fn digest(key: &str) -> u128 {
    let digest = Sha256::digest(key.as_bytes());
    u128::from_be_bytes(digest[..16].try_into().expect("a SHA-256 digest has 32 bytes"))
}

impl Book {
    pub(super) fn has(&self, id: ExecutionId) -> bool {
        self.taken.iter().any(|it| it.id == id)
    }

    pub(super) fn free(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX).saturating_sub(self.taken.len())
    }

    /// One who waits, for sure, does not wait any more.
    pub(super) fn leave(&mut self, key: Key, writes: &mut Vec<Write>) {
        self.queued = self.queued.saturating_sub(1);
        writes.push(Write::Delete { key, condition: Condition::None });
    }
}

impl Service {
    pub(super) async fn book(&self, of: Of<'_>) -> Result<(Book, Option<Version>), Error> {
        match self.store().get(&keys::places(of)).await? {
            None => Ok((Book::default(), None)),
            Some(item) => Ok((record::decode(&item.content.body)?, Some(item.version))),
        }
    }

    /// Removes the book of a key that nobody used for long. `false` when that is not so.
    pub(super) async fn forget_book(
        &self,
        of: Of<'_>,
        book: &Book,
        version: Option<Version>,
    ) -> Result<bool, Error> {
        let (Some(_), Some(idle), Some(version)) = (of.key, book.idle, version) else { return Ok(false) };
        if self.now().since(idle) < IDLE_KEPT {
            return Ok(false);
        }
        let gone = Write::Delete { key: keys::places(of), condition: Condition::Version(version) };
        match self.store().commit(vec![gone]).await.map_err(Error::from) {
            Ok(()) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// `false` when somebody else changed it meanwhile. That of a flow is never removed: its version would begin anew.
    pub(super) async fn write_book(
        &self,
        of: Of<'_>,
        book: &Book,
        version: Option<Version>,
        more: Vec<Write>,
    ) -> Result<bool, Error> {
        let key = keys::places(of);
        let idle = book.taken.is_empty() && book.queued == 0;
        let book = Book { idle: idle.then(|| self.now()), ..book.clone() };
        let body = record::encode(&book)?;
        let due_after = if idle { of.key.map(|_| IDLE_KEPT) } else { Some(CHECKED_AFTER) };
        let wake_at = due_after.map(|time| self.now().plus(time));
        let content = Content { body: body.clone(), wake_at, ..Content::default() };
        let condition = version.map_or(Condition::Absent, Condition::Version);
        let mut writes = vec![Write::Put { key: key.clone(), condition, content }];
        writes.extend(more);
        match self.write(&key, &body, writes).await {
            Ok(()) => Ok(true),
            Err(error) if error.class() == Class::Contention => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives what is free to those who have waited longest. They are to be called once that is written.
    pub(super) async fn fill(
        &self,
        of: Of<'_>,
        book: &mut Book,
    ) -> Result<(Vec<ExecutionId>, Vec<Write>), Error> {
        let (mut called, mut writes) = (Vec::new(), Vec::new());
        let limit = book.free().min(FILLED_MAX);
        if limit == 0 || book.queued == 0 {
            return Ok((called, writes));
        }
        let range = Range { prefix: "", after: None, direction: Direction::Ascending, limit };
        let waiting = self.store().query(&keys::queue(of), range).await?;
        if waiting.len() < limit {
            book.queued = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        }
        for item in waiting {
            let Some(id) = keys::id_of_place(&item.key.sort) else {
                return Err(Error::Locked(format!("{} is nobody who waits", item.key)));
            };
            book.taken.push(Entry { id, since: self.now(), called: true });
            book.leave(item.key, &mut writes);
            called.push(id);
        }
        Ok((called, writes))
    }
}
