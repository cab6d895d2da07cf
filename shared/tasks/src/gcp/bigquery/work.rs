//! One attempt to load a file: a job, or several when BigQuery cannot do it right now.

use std::sync::{Mutex, PoisonError};

use engine::execution::{Level, Metric};
use hyper::StatusCode;
use ports::run::Attempt;
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};

use super::{
    super::failure::{Failure, Problem, listed},
    job::{self, Jobs, Name},
    order::Order,
    policy::ROUNDS_MAX,
    statistics,
    upload::Upload,
};
use crate::plain::{Done, Made, outputs};

/// Attempts before this one whose jobs are looked for: as many as may be lost.
const LOOKED_BACK_MAX: u32 = 3;

#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) jobs: &'a Jobs<'a>,
    pub(super) order: &'a Order,
    pub(super) attempt: &'a Attempt,
    /// The job that nobody needs any more when the attempt has to stop.
    pub(super) underway: &'a Mutex<Option<Name>>,
}

impl Work<'_> {
    pub(super) async fn load(&self) -> Done {
        let Order { source, project, .. } = self.order;
        let size = self.jobs.client.blobs.size(&source.path).await.map_err(|error| source.unread(error))?;
        if size == 0 && self.order.fails_on_empty {
            return Err("Can't load an empty file and this one don't contain any data".to_owned());
        }
        let configuration = self.order.configuration.json(project);
        self.jobs.client.log.body("Starting load", &format!("{configuration:#}")).await;
        let loaded = match self.earlier().await {
            Ok(Some(job)) => Ok(job),
            Ok(None) => self.rounds(size).await,
            Err(failure) => Err(failure),
        };
        match loaded {
            // Kestra: what comes of an empty file is of no interest.
            Ok(_) | Err(Failure::Job(_)) if size == 0 => Ok(outputs([("rows", json!(0))])),
            Ok(job) => Ok(self.made(&job).await),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// What an attempt before this one has done, or is doing, although it was lost: it is not done twice.
    async fn earlier(&self) -> Result<Option<Json>, Failure> {
        let number = self.attempt.number;
        for before in (1..number).rev().take(LOOKED_BACK_MAX as usize) {
            for round in 1..=ROUNDS_MAX {
                let name = self.order.job(self.attempt, before, round);
                let Some(job) = self.jobs.find(&name).await? else { break };
                if !job::problems(&job).is_empty() {
                    continue;
                }
                self.say(
                    Level::Info,
                    format!(
                        "Adopting job '{}' already started by this taskrun instead of submitting a duplicate",
                        name.id
                    ),
                )
                .await;
                self.note(&name);
                let job = self.jobs.done(&name, job).await?;
                // One that was told to stop is no reason not to load.
                if job::problems(&job).is_empty() {
                    return Ok(Some(job));
                }
            }
        }
        Ok(None)
    }

    async fn rounds(&self, size: u64) -> Result<Json, Failure> {
        let (start, id) = (Instant::now(), self.attempt.task_run.as_u128());
        let mut round = 1;
        loop {
            let name = self.order.job(self.attempt, self.attempt.number, round);
            let failure = match self.round(&name, size).await {
                Ok(job) => return Ok(job),
                Err(failure) => failure,
            };
            self.warn(&name, failure.problems()).await;
            let wait = self.order.policy.wait(failure.problems(), round, start.elapsed(), id);
            let Some(wait) = wait else { return Err(failure) };
            let elapsed = start.elapsed().as_secs();
            self.say(Level::Warn, format!("Retrying, attempts {round} elapsed {elapsed} seconds")).await;
            sleep(wait).await;
            round += 1;
        }
    }

    /// One job from its beginning to its end.
    async fn round(&self, name: &Name, size: u64) -> Result<Json, Failure> {
        let Jobs { client, endpoint } = *self.jobs;
        let (project, file) = (self.order.project.as_str(), &self.order.source.path);
        let upload = Upload { client, endpoint, project, file, size };
        let configuration = self.order.configuration.json(project);
        let request = json!({ "jobReference": name.reference(), "configuration": configuration });
        // The last chunk begins the job, whether we hear of it or not.
        self.note(name);
        let begun = match upload.send(&request).await {
            Ok(job) => job,
            Err(Failure::Answered(StatusCode::CONFLICT, problems)) => {
                // Its id is this attempt's: an earlier request has arrived, and its answer has not.
                let found = self.jobs.find(name).await?;
                found.ok_or(Failure::Answered(StatusCode::CONFLICT, problems))?
            }
            Err(failure) => return Err(failure),
        };
        self.say(Level::Debug, format!("Starting job '{}'", name.id)).await;
        let job = self.jobs.done(name, begun).await?;
        let problems = job::problems(&job);
        if problems.is_empty() { Ok(job) } else { Err(Failure::Job(problems)) }
    }

    async fn made(&self, job: &Json) -> Made {
        let status = &job["status"];
        let passed_over = Problem::all(&Json::Null, &status["errors"]);
        if !passed_over.is_empty() {
            self.say(Level::Warn, format!("Records were passed over:\n - {}", listed(&passed_over))).await;
        }
        let table = self.order.table.name(&self.order.project);
        let location = job["jobReference"]["location"].as_str();
        let measured = statistics::metrics(job).into_iter().map(|metric: Metric| {
            let metric = metric
                .tagged("destination_table", self.order.table.text.clone())
                .tagged("project_id", self.order.project.clone());
            match location {
                Some(location) => metric.tagged("location", location),
                None => metric,
            }
        });
        outputs([
            ("jobId", job["jobReference"]["jobId"].clone()),
            ("rows", json!(statistics::rows(job))),
            ("destinationTable", json!(table)),
        ])
        .measured(measured.collect::<Vec<_>>())
    }

    async fn warn(&self, name: &Name, problems: &[Problem]) {
        if !problems.is_empty() {
            let listed = listed(problems);
            self.say(
                Level::Warn,
                format!("Error query on job '{}' with errors:\n[\n - {listed}\n]", name.id),
            )
            .await;
        }
    }

    async fn say(&self, level: Level, message: String) {
        self.jobs.client.log.say(level, message).await;
    }

    fn note(&self, name: &Name) {
        *self.underway.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.clone());
    }
}
