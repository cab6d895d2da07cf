//! A task type that uses AWS: a function of an attempt.

use std::sync::Arc;

use engine::{
    execution::{AttemptOutcome, Level, LogLine},
    flow::TaskType,
};
use ports::{
    Answer,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};

use super::access::{Defaults, Given, Own};
use crate::{
    http::Http,
    plain::{self, Done},
};

/// What all of them share.
#[derive(Debug)]
pub(crate) struct Shared {
    clock: Arc<dyn Clock>,
    pub(super) http: Arc<Http>,
    pub(super) given: Given,
    pub(super) region: Option<String>,
    pub(super) endpoint: Option<String>,
}

impl Shared {
    pub(crate) fn new(
        http: &Arc<Http>,
        clock: &Arc<dyn Clock>,
        defaults: Defaults,
        own: Option<Own>,
    ) -> Self {
        let Defaults { access, region, endpoint } = defaults;
        Self {
            clock: Arc::clone(clock),
            http: Arc::clone(http),
            given: Given::new(access, own),
            region,
            endpoint,
        }
    }
}

/// One attempt, and what it may use.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "shows what is shown elsewhere")]
pub(crate) struct Work<'a> {
    pub(super) shared: &'a Shared,
    pub(super) attempt: &'a Attempt,
    pub(super) surroundings: &'a Surroundings,
}

impl Work<'_> {
    pub(super) async fn say(&self, level: Level, message: String) {
        // Nobody reads the lines of an attempt that is given up.
        let line = LogLine { timestamp: self.shared.clock.now(), level, message };
        let _ = self.surroundings.log.send(line).await;
    }
}

/// What runs it.
pub(crate) type Run = for<'a> fn(Work<'a>) -> Answer<'a, Done>;

/// The task type.
#[derive(Debug)]
pub(crate) struct AwsTask {
    task_type: &'static TaskType,
    run: Run,
    shared: Arc<Shared>,
}

impl AwsTask {
    pub(crate) fn new(task_type: &'static TaskType, run: Run, shared: &Arc<Shared>) -> Self {
        Self { task_type, run, shared: Arc::clone(shared) }
    }
}

impl Runnable for AwsTask {
    fn task_type(&self) -> &TaskType {
        self.task_type
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let work = Work { shared: &self.shared, attempt, surroundings: &surroundings };
            plain::run(surroundings.stop.clone(), (self.run)(work)).await
        })
    }
}
