//! Telling what became of an execution: whoever commits it does, and the feed does again when that one died.
//!
//! Everything here may happen twice and in any order: a second time changes nothing.

use engine::execution::Execution;
use ports::store::Change;

use crate::{
    Error, Service,
    calls::{self, End},
    keys, places, record,
};

/// What is new about an execution.
#[derive(Debug, Clone, Copy)]
pub(crate) struct News {
    /// Whether it was stored before, so that somebody may wait for it.
    pub(crate) known: bool,
    /// The first of its states, by their number, that nobody was told of.
    pub(crate) entered: usize,
}

impl News {
    /// What is told again, by somebody who does not know what was told.
    const ALL: Self = Self { known: true, entered: 0 };
}

impl Service {
    /// Tells everybody whom it concerns. All are told, also when one of them cannot be.
    ///
    /// # Errors
    /// Those that make a later try worth while.
    pub(crate) async fn announce(&self, execution: &Execution, news: News) -> Result<(), Error> {
        let mut told = Ok(());
        if execution.is_over() && places::takes_part(execution) {
            // Who hears of the end may call again at once, and finds the place free.
            told = Box::pin(self.give_back(execution)).await;
        }
        self.shared.waiters.wake(execution.id);
        if execution.is_over() {
            if news.known {
                told = told.and(Box::pin(self.tell(&execution.tenant, execution.id)).await);
            }
            if execution.trigger.is_some() {
                told = told.and(Box::pin(self.trigger_ended(execution)).await);
            }
            if let Some(end) = End::of(execution) {
                told = told.and(Box::pin(self.tell_caller(&execution.tenant, end)).await);
            }
            if execution.course.retried_at.is_some_and(|at| at <= self.now()) {
                told = told.and(
                    self.dispatch(&execution.tenant, calls::id_after(execution.id))
                        .await
                        .map_err(Error::from),
                );
            }
        }
        told.and(self.fire_triggers(execution, news.entered).await)
    }

    /// What a change in the store calls for, whoever made it: once an execution is over, everybody whom that concerns
    /// is told, once more if need be. For the feed; repeats and old changes do no harm, and nothing is read unless
    /// somebody may be concerned.
    ///
    /// # Errors
    /// Those that make a later try worth while.
    pub async fn react(&self, change: &Change) -> Result<(), Error> {
        let Some((tenant, id)) = keys::as_execution(&change.key) else {
            return Ok(());
        };
        let Some(content) = &change.content else {
            return Ok(());
        };
        let Some(entry) = &content.entry else {
            return Ok(());
        };
        let fate = record::fate(entry)?;
        if !fate.is_over() {
            return Ok(());
        }
        self.shared.waiters.wake(id);
        if !fate.place && !self.somebody_listens(tenant).await? {
            let told = self.tell(tenant, id).await;
            return match End::of_fate(id, fate) {
                Some(end) => told.and(self.tell_caller(tenant, end).await),
                None => told,
            };
        }
        match self.read_record(tenant, id).await? {
            Some((record, _)) => self.announce(&record.execution, News::ALL).await,
            None => self.tell(tenant, id).await,
        }
    }
}
