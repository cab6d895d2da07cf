//! Removing files that no execution has: a process died between a file and the item of its execution, or between an
//! execution that was deleted and its files.
//!
//! A sweep goes through the blobs of a tenant page by page, a page at each tick. How far it came is an item, which is due
//! at once until the end is reached, and then after [`REST`].
//!
//! # Invariants
//! * What is removed was written [`KEPT`] ago, and no execution has it: a form or an upload that takes as long is given
//!   up before (see `uploads`).
//! * A path that may belong to one of several executions stays as long as any of them does.
//! * What an execution was deleted without stays: such an execution leaves an item behind (see `control::delete`).
//! * A page that is swept twice, or by two at the same time, removes nothing else.

use std::{collections::HashMap, time::Duration};

use engine::id::ExecutionId;
use futures_util::{StreamExt, stream};
use ports::{
    blobs::{Listed, Path},
    store::{Condition, Content, Direction, Key, Range, Write},
};
use serde::{Deserialize, Serialize};

use crate::{Class, Error, Service, files, keys, record};

/// How long a file that belongs to nothing stays.
pub(crate) const KEPT: Duration = Duration::from_hours(7 * 24);
/// How long an answer stays that was too large to be sent. Its URL is good for minutes.
const ANSWER_KEPT: Duration = Duration::from_hours(24);
/// Between two sweeps, and before the first.
const REST: Duration = Duration::from_hours(7 * 24);
const FIRST_AFTER: Duration = Duration::from_hours(1);
/// Before a page is tried again that could not be read.
const PAUSE: Duration = Duration::from_hours(1);
/// Blobs of a page. What else is due waits for it, when all of them have to go for seconds.
const PAGE_BLOBS: usize = 250;
/// Executions that are looked for, and blobs that are removed, at the same time.
const TOGETHER: usize = 16;

/// Where a sweep is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    #[serde(rename = "r")]
    root: Root,
    /// The last blob that was looked at below the root.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

/// What is swept, one after the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
enum Root {
    #[default]
    #[serde(rename = "f")]
    Files,
    #[serde(rename = "a")]
    Answers,
}

impl Root {
    fn folder(self, tenant: &str) -> String {
        match self {
            Self::Files => files::all_folder(tenant),
            Self::Answers => files::answers_folder(tenant),
        }
    }
}

impl Service {
    /// Sees to it that each tenant of the settings is swept. What is written down once is not looked at again.
    pub(crate) async fn plan_sweeps(&self) -> Result<(), Error> {
        if self.shared.sweeps_planned.initialized() {
            return Ok(());
        }
        for tenant in &self.shared.settings.swept {
            let put = self.first_sweep(tenant)?;
            match self.store().commit(vec![put]).await.map_err(Error::from) {
                Err(error) if error.class() != Class::Contention => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        let _ = self.shared.sweeps_planned.set(());
        Ok(())
    }

    /// What has a tenant swept from now on, unless it is.
    pub(crate) fn first_sweep(&self, tenant: &str) -> Result<Write, Error> {
        let at = self.now().plus(FIRST_AFTER);
        put(&keys::sweep(tenant), &Position::default(), at, Condition::Absent)
    }

    /// Sweeps a page; gives the number of blobs that are gone. `None` when somebody else is at it.
    ///
    /// # Errors
    /// The store's; it stays due.
    pub(crate) async fn sweep(&self, key: &Key) -> Result<Option<usize>, Error> {
        let (Some(tenant), Some(item)) = (keys::as_sweep(key), self.store().get(key).await?) else {
            return Ok(None);
        };
        let position: Position = record::decode(&item.content.body)?;
        let swept = self.sweep_page(tenant, &position).await;
        let (next, wake_at, removed) = match swept {
            Ok((removed, Some(next))) => (next, self.now(), removed),
            Ok((removed, None)) => (Position::default(), self.now().plus(REST), removed),
            Err(error) => {
                tracing::warn!(tenant, %error, "files that nobody has are looked for later");
                (position, self.now().plus(PAUSE), 0)
            }
        };
        let put = put(key, &next, wake_at, Condition::Version(item.version))?;
        match self.store().commit(vec![put]).await.map_err(Error::from) {
            Ok(()) => Ok(Some(removed)),
            Err(error) if error.class() == Class::Contention => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many blobs are gone, and where to go on; nowhere at the end.
    async fn sweep_page(
        &self,
        tenant: &str,
        position: &Position,
    ) -> Result<(usize, Option<Position>), Error> {
        let corrupt = |error: ports::blobs::NotAPath| Error::Locked(error.to_string());
        let after = position.after.as_deref().map(Path::new).transpose().map_err(corrupt)?;
        let folder = position.root.folder(tenant);
        let page = self.shared.outside.blobs.list_under(&folder, after.as_ref(), PAGE_BLOBS).await?;
        let last = page.last().filter(|_| page.len() == PAGE_BLOBS).map(|last| last.path.as_str().to_owned());
        let next = match (last, position.root) {
            (Some(last), root) => Some(Position { root, after: Some(last) }),
            (None, Root::Files) => Some(Position { root: Root::Answers, after: None }),
            (None, Root::Answers) => None,
        };
        let unneeded = match position.root {
            Root::Files => self.of_no_execution(tenant, page).await?,
            Root::Answers => self.older(page, ANSWER_KEPT).collect(),
        };
        let removals = stream::iter(unneeded).map(async |Listed { path, .. }| {
            Ok::<_, Error>(self.shared.outside.blobs.delete_under(path.as_str()).await? > 0)
        });
        let gone: Vec<_> = removals.buffer_unordered(TOGETHER).collect().await;
        let gone: Vec<bool> = gone.into_iter().collect::<Result<_, Error>>()?;
        let removed = gone.into_iter().filter(|gone| *gone).count();
        Ok((removed, next))
    }

    fn older(&self, page: Vec<Listed>, than: Duration) -> impl Iterator<Item = Listed> {
        let now = self.now();
        page.into_iter().filter(move |listed| now.since(listed.modified_at) >= than)
    }

    async fn of_no_execution(&self, tenant: &str, page: Vec<Listed>) -> Result<Vec<Listed>, Error> {
        let old: Vec<_> =
            self.older(page, KEPT).map(|listed| (files::executions_of(&listed.path), listed)).collect();
        let mut ids: Vec<ExecutionId> = old.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let looked_for =
            stream::iter(ids).map(async |id| Ok::<_, Error>((id, self.is_known(tenant, id).await?)));
        let found: Vec<_> = looked_for.buffer_unordered(TOGETHER).collect().await;
        let known: HashMap<ExecutionId, bool> = found.into_iter().collect::<Result<_, _>>()?;
        let belongs_to_none = |ids: &[ExecutionId]| !ids.is_empty() && !ids.iter().any(|id| known[id]);
        Ok(old.into_iter().filter(|(ids, _)| belongs_to_none(ids)).map(|(_, listed)| listed).collect())
    }

    /// Whether anything is stored of an execution.
    async fn is_known(&self, tenant: &str, id: ExecutionId) -> Result<bool, Error> {
        let first = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 1 };
        Ok(!self.store().query(&keys::execution_partition(tenant, id), first).await?.is_empty())
    }
}

fn put(
    key: &Key,
    position: &Position,
    wake_at: engine::time::Timestamp,
    condition: Condition,
) -> Result<Write, Error> {
    let content = Content { body: record::encode(position)?, wake_at: Some(wake_at), ..Content::default() };
    Ok(Write::Put { key: key.clone(), condition, content })
}
