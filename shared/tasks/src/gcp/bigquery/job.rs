//! A job: how it is found, waited for and stopped, and what it tells of itself.

use std::time::Duration;

use hyper::{Method, StatusCode};
use serde_json::{Value as Json, json};
use tokio::time::{Instant, sleep};
use url::Url;

use super::super::{
    client::Client,
    failure::{Failure, Problem},
};
use crate::http::Ask;

/// Between the first two looks at a job; then twice as long each time, up to that.
const LOOK: Duration = Duration::from_millis(250);
const LOOK_MAX: Duration = Duration::from_secs(10);
/// How long a job is waited for: BigQuery itself gives a load six hours.
const JOB_MAX: Duration = Duration::from_hours(7);

/// A job by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) project: String,
    pub(super) id: String,
    /// Needed outside of the `US` and `EU`.
    pub(super) location: Option<String>,
}

/// Where jobs are.
#[derive(Debug)]
pub(super) struct Jobs<'a> {
    pub(super) client: &'a Client<'a>,
    pub(super) endpoint: &'a Url,
}

impl Name {
    /// As the API names it.
    pub(super) fn reference(&self) -> Json {
        let mut reference = json!({ "projectId": self.project, "jobId": self.id });
        if let Some(location) = &self.location {
            reference["location"] = json!(location);
        }
        reference
    }

    /// With the location that BigQuery has chosen.
    fn located(&self, job: &Json) -> Self {
        let location = job["jobReference"]["location"].as_str().map(str::to_owned);
        Self { location: location.or_else(|| self.location.clone()), ..self.clone() }
    }
}

impl Jobs<'_> {
    /// The job of that name, if there is one.
    pub(super) async fn find(&self, name: &Name) -> Result<Option<Json>, Failure> {
        match self.client.json(&Ask::new(Method::GET, self.url(name, None))).await {
            Ok(job) => Ok(Some(job)),
            Err(Failure::Answered(StatusCode::NOT_FOUND, _)) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Waits until a job is done, whether it failed or not.
    pub(super) async fn done(&self, name: &Name, begun: Json) -> Result<Json, Failure> {
        let (name, start, mut look) = (name.located(&begun), Instant::now(), LOOK);
        let mut job = begun;
        while job["status"]["state"] != "DONE" {
            if start.elapsed() > JOB_MAX {
                return Err(Failure::Told(format!("the job `{}` is not done after 7 hours", name.id)));
            }
            sleep(look).await;
            look = (look * 2).min(LOOK_MAX);
            job = self.client.json(&Ask::new(Method::GET, self.url(&name, None))).await?;
        }
        Ok(job)
    }

    /// Asks for its end, whether it has begun or not; nobody is left to hear what comes of it.
    pub(super) async fn cancel(&self, name: &Name) {
        let asked = self.client.once(&Ask::new(Method::POST, self.url(name, Some("cancel")))).await;
        if let Err(problem) = asked {
            tracing::debug!(?problem, job = name.id, "a job of BigQuery could not be cancelled");
        }
    }

    fn url(&self, name: &Name, verb: Option<&str>) -> Url {
        let segments = ["bigquery", "v2", "projects", &name.project, "jobs", &name.id];
        let mut url = place(self.endpoint, segments.into_iter().chain(verb));
        if let Some(location) = &name.location {
            url.query_pairs_mut().append_pair("location", location);
        }
        url
    }
}

/// What a job that is done says against itself; nothing when it has not failed. Warnings are no failure.
pub(super) fn problems(job: &Json) -> Vec<Problem> {
    let status = &job["status"];
    if status["errorResult"].is_null() {
        return Vec::new();
    }
    Problem::all(&status["errorResult"], &status["errors"])
}

/// A path of the API below its origin.
pub(super) fn place<'s>(endpoint: &Url, segments: impl IntoIterator<Item = &'s str>) -> Url {
    let mut url = endpoint.clone();
    // An origin has a path, so it takes segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.clear().extend(segments);
    }
    url
}
