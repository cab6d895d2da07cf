//! The same done to many executions: all of them fit, or nothing is done.

use std::collections::HashSet;

use engine::id::ExecutionId;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Action;
use crate::{Class, Error, ExecutionQuery, Service, settings::BATCH_MAX};

/// Read or changed side by side.
const TOGETHER: usize = 16;

pub(super) const NOT_FOUND: &str = "execution not found";

/// Why nothing was done. Kestra: 400 with `message` and `invalids`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid bulk {action}")]
pub struct Batch {
    /// As Kestra names it: `kill`, `set labels`.
    pub action: &'static str,
    /// Never empty.
    pub unfit: Vec<Unfit>,
}

/// One that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// As the caller wrote it.
    pub id: String,
    /// `execution not found`.
    pub message: String,
}

impl Service {
    /// Does the same to each of these executions, once, however often it is named. Gives how many it was done to: not to
    /// those that ceased to fit after all were looked at.
    ///
    /// # Errors
    /// `Batch` when one is unknown or does not fit; nothing was done then. `Invalid` for more than [`BATCH_MAX`]. The
    /// store's: some may have been done then, and the rest can be asked for again.
    pub async fn by_ids(&self, tenant: &str, ids: &[String], action: &Action) -> Result<usize, Error> {
        action.check()?;
        let mut seen = HashSet::new();
        let ids: Vec<String> = ids.iter().filter(|id| seen.insert(id.as_str())).cloned().collect();
        check_size(ids.len())?;
        let looks = stream::iter(ids).map(async |text: String| {
            let unfit = |message: String| Unfit { id: text.clone(), message };
            let Ok(id) = text.parse() else { return Ok(Err(unfit(NOT_FOUND.to_owned()))) };
            self.look(tenant, id, action).await.map(|misfit| match misfit {
                Fit::Yes => Ok(id),
                Fit::Gone => Err(unfit(NOT_FOUND.to_owned())),
                Fit::No(message) => Err(unfit(message)),
            })
        });
        let looked: Vec<Result<ExecutionId, Unfit>> = looks.buffered(TOGETHER).try_collect().await?;
        self.act_on(tenant, looked, action).await
    }

    /// Does the same to every execution that a query finds. Gives how many it was done to.
    ///
    /// # Errors
    /// As [`Self::by_ids`].
    pub async fn by_query(
        &self,
        tenant: &str,
        query: &ExecutionQuery,
        action: &Action,
    ) -> Result<usize, Error> {
        action.check()?;
        let ids = self.found_ids(tenant, query).await?;
        check_size(ids.len())?;
        let looks = stream::iter(ids).map(|id| async move {
            self.look(tenant, id, action).await.map(|fit| match fit {
                Fit::Yes => Some(Ok(id)),
                // The index may still list what is gone.
                Fit::Gone => None,
                Fit::No(message) => Some(Err(Unfit { id: id.to_string(), message })),
            })
        });
        let looked: Vec<Option<Result<ExecutionId, Unfit>>> = looks.buffered(TOGETHER).try_collect().await?;
        self.act_on(tenant, looked.into_iter().flatten().collect(), action).await
    }

    async fn look(&self, tenant: &str, id: ExecutionId, action: &Action) -> Result<Fit, Error> {
        match self.execution(tenant, id).await {
            Ok(execution) => Ok(self.misfit(action, &execution).await?.map_or(Fit::Yes, Fit::No)),
            Err(Error::NotFound(_)) => Ok(Fit::Gone),
            Err(error) => Err(error),
        }
    }

    async fn act_on(
        &self,
        tenant: &str,
        looked: Vec<Result<ExecutionId, Unfit>>,
        action: &Action,
    ) -> Result<usize, Error> {
        let mut fit = Vec::with_capacity(looked.len());
        let mut unfit = Vec::new();
        for one in looked {
            match one {
                Ok(id) => fit.push(id),
                Err(one) => unfit.push(one),
            }
        }
        if !unfit.is_empty() {
            return Err(Batch { action: action.name(), unfit }.into());
        }
        let mut acts = stream::iter(fit).map(|id| self.act(tenant, id, action)).buffer_unordered(TOGETHER);
        let mut done = 0;
        let mut trouble = None;
        while let Some(acted) = acts.next().await {
            match acted {
                Ok(()) => done += 1,
                Err(error) => match error.class() {
                    // Somebody was faster.
                    Class::Caller | Class::Contention => {
                        tracing::debug!(%error, "one of a batch does not fit any more");
                    }
                    Class::Transient | Class::Bug => trouble = Some(error),
                },
            }
        }
        trouble.map_or(Ok(done), Err)
    }
}

/// Whether an action can be done to an execution.
enum Fit {
    Yes,
    Gone,
    No(String),
}

fn check_size(executions: usize) -> Result<(), Error> {
    if executions > BATCH_MAX {
        return Err(Error::argument(format!("{executions} executions; a batch takes {BATCH_MAX} at once")));
    }
    Ok(())
}
