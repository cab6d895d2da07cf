//! `io.kestra.plugin.gcp.bigquery.Load`: a file of internal storage becomes rows of a table.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::{
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, Shape, TaskType},
};
use ports::{
    Answer,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};
use tokio::time::timeout;
use url::Url;

use super::{
    super::{client::Client, tokens::Tokens},
    configuration,
    job::Jobs,
    order::Order,
    policy,
    work::Work,
};
use crate::{
    http::{Http, Log},
    plain,
    properties::{joined, property, required},
    registry::Parts,
};

/// How long BigQuery has to take note that a job is not wanted any more, when the attempt has to stop:
/// less than a shift has left by then.
const CANCEL_MAX: Duration = Duration::from_secs(1);

const OWN: [PropertyType; 7] = [
    required("from", Shape::String),
    property("failedOnEmpty", Shape::Boolean),
    property("projectId", Shape::String),
    property("location", Shape::String),
    property("serviceAccount", Shape::String),
    property("impersonatedServiceAccount", Shape::NotBuilt),
    property("scopes", Shape::Strings),
];

const PROPERTIES: [PropertyType; OWN.len() + configuration::PROPERTIES.len() + policy::PROPERTIES.len()] =
    joined(&[&OWN, &configuration::PROPERTIES, &policy::PROPERTIES]);

pub(crate) const LOAD: TaskType =
    TaskType { name: "io.kestra.plugin.gcp.bigquery.Load", aliases: &[], properties: &PROPERTIES };

/// The task type.
#[derive(Debug)]
pub(crate) struct Load {
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
    endpoint: Url,
    tokens: Tokens,
}

impl Load {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self {
            http: Arc::clone(&parts.http),
            clock: Arc::clone(&parts.clock),
            endpoint: parts.endpoints.bigquery.clone(),
            tokens: Tokens::default(),
        }
    }

    async fn load(&self, attempt: &Attempt, surroundings: &Surroundings) -> AttemptOutcome {
        let order = match Order::read(attempt) {
            Ok(order) => order,
            Err(message) => return AttemptOutcome::failed(message),
        };
        let log = Log::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let spread = u64::try_from(attempt.task_run.as_u128() % 1_000).unwrap_or(0);
        let client = Client {
            http: &self.http,
            clock: &*self.clock,
            tokens: &self.tokens,
            account: &order.account,
            scopes: &order.scopes,
            blobs: &surroundings.blobs,
            log: &log,
            spread: Duration::from_millis(spread),
        };
        let jobs = Jobs { client: &client, endpoint: &self.endpoint };
        let underway = Mutex::new(None);
        let work = Work { jobs: &jobs, order: &order, attempt, underway: &underway };
        let outcome = plain::run(surroundings.stop.clone(), work.load()).await;
        let underway = underway.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let (Ending::Killed, Some(job)) = (&outcome.ending, underway) {
            // Whether it heard or not, the attempt comes back.
            let _ = timeout(CANCEL_MAX, jobs.cancel(&job)).await;
        }
        outcome
    }
}

impl Runnable for Load {
    fn task_type(&self) -> &TaskType {
        &LOAD
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { self.load(attempt, &surroundings).await })
    }
}
