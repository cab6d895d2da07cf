//! An offer as it is stored.

use engine::{
    conductor::TaskTimeoutPolicy,
    execution::{Terms, WorkerEnd},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use ports::store::Content;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Error, record};

/// The delivery of one attempt to workers: who has it, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Offer {
    #[serde(rename = "e")]
    pub(crate) execution: ExecutionId,
    #[serde(rename = "r")]
    pub(crate) task_run: TaskRunId,
    #[serde(rename = "n")]
    pub(crate) number: u32,
    /// Where its execution is, so that who is limited to others need not read it.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    /// Since when it waits for a worker, this time.
    #[serde(rename = "a")]
    pub(crate) since: Timestamp,
    #[serde(rename = "t")]
    pub(crate) terms: Terms,
    /// Who took it last.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub(crate) worker: Option<String>,
    /// How often it was taken.
    #[serde(rename = "p", default)]
    pub(crate) polls: u32,
    /// When it was taken first.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(crate) begun: Option<Timestamp>,
    /// A worker has it, and may be silent until then.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) claimed_until: Option<Timestamp>,
    /// What workers reported so far without an end.
    #[serde(rename = "o", default, skip_serializing_if = "Map::is_empty")]
    pub(crate) outputs: Map<String, Json>,
    /// Whether the execution was told that it takes too long, and goes on.
    #[serde(rename = "l", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) alerted: bool,
    /// Its type, if there is a limit to how much workers may have of that.
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(crate) limited: Option<String>,
    /// Its time is over, and the execution is being told so; again at this moment, unless that removes it.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub(crate) over: Option<(WorkerEnd, Timestamp)>,
}

impl Offer {
    pub(super) fn new(
        (execution, task_run, number): (ExecutionId, TaskRunId, u32),
        namespace: &str,
        since: Timestamp,
        (task_type, terms): (&str, Terms),
    ) -> Self {
        let limited = terms.is_limited().then(|| task_type.to_owned());
        Self {
            execution,
            task_run,
            number,
            namespace: Some(namespace.to_owned()),
            since,
            terms,
            worker: None,
            polls: 0,
            begun: None,
            claimed_until: None,
            outputs: Map::new(),
            alerted: false,
            limited,
            over: None,
        }
    }

    pub(super) fn content(&self) -> Result<Content, Error> {
        Ok(Content { body: record::encode(self)?, wake_at: self.wake_at(), ..Content::default() })
    }

    /// Whether a worker may take it now. `since` is in the future when one put it back for later.
    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        self.claimed_until.is_none() && self.over.is_none() && self.since <= now
    }

    /// Handed to a worker.
    pub(super) fn claim(&mut self, worker: Option<&str>, now: Timestamp) {
        self.worker = worker.map(str::to_owned);
        self.polls = self.polls.saturating_add(1);
        self.begun.get_or_insert(now);
        self.claimed_until = Some(now.plus(self.terms.response_timeout));
    }

    /// What ends it by itself first, and when.
    pub(super) fn ends_by_itself(&self) -> Option<(Timestamp, WorkerEnd)> {
        let by_policy = match self.terms.timeout_policy {
            TaskTimeoutPolicy::Retry => Some(WorkerEnd::TimedOut),
            TaskTimeoutPolicy::TimeOutWorkflow => Some(WorkerEnd::TimedOutWorkflow),
            TaskTimeoutPolicy::AlertOnly => None,
        };
        let silent = self.claimed_until.map(|at| (at, WorkerEnd::TimedOut));
        let long = by_policy.and_then(|end| Some((self.late_at()?, end)));
        silent.into_iter().chain(long).min_by_key(|(at, _)| *at)
    }

    /// When it has taken longer, or waited longer, than its definition says.
    fn late_at(&self) -> Option<Timestamp> {
        let unpolled = self.terms.poll_timeout.filter(|_| self.claimed_until.is_none());
        let unpolled = unpolled.map(|most| self.since.plus(most));
        let long = self.terms.timeout.and_then(|most| Some(self.begun?.plus(most)));
        unpolled.into_iter().chain(long).min()
    }

    /// When the execution is to be told that it takes too long.
    pub(super) fn alerts_at(&self) -> Option<Timestamp> {
        let alerts = self.terms.timeout_policy == TaskTimeoutPolicy::AlertOnly && !self.alerted;
        self.late_at().filter(|_| alerts)
    }

    fn wake_at(&self) -> Option<Timestamp> {
        match self.over {
            Some((_, again)) => Some(again),
            None => self.ends_by_itself().map(|(at, _)| at).into_iter().chain(self.alerts_at()).min(),
        }
    }
}
