//! What tasks measured. Kestra: an unknown execution, and an unknown flow, measured nothing.

use std::time::Duration;

use axum::{extract::State, response::Response};
use engine::time::Timestamp;
use serde::Deserialize;
use service::{Aggregation, MetricQuery, MetricSort, Service};

use super::{ExecutionPath, InPath};
use crate::{
    error::Error,
    params::Params,
    tenant::Tenant,
    wire::{
        self, PageJson,
        metric::{AggregatedJson, MetricJson},
    },
};

/// How far back metrics are put together when nobody says since when (Kestra: the same).
const RANGE_DEFAULT: Duration = Duration::from_hours(30 * 24);

const SORT_KEYS: &str = "namespace, flowId, taskId, executionId, taskRunId, name, timestamp, value";

/// A flow, and one of its tasks.
#[derive(Deserialize)]
pub(crate) struct TaskPath {
    namespace: String,
    id: String,
    task: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct MetricPath {
    namespace: String,
    id: String,
    task: Option<String>,
    metric: String,
}

pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let page = params.page();
    let query = MetricQuery {
        task_run: params.read("taskRunId", "the id of a task run", |text| text.parse().ok()),
        task_id: params.text("taskId"),
        sort: params.sort(SORT_KEYS, sort_key),
    };
    params.check()?;
    let found = match path.id() {
        Ok(id) => service.metrics(tenant.name(), id, &query, page).await?,
        Err(_) => None,
    };
    let (results, total) = match &found {
        Some((execution, page)) => {
            (page.results.iter().map(|entry| MetricJson::of(entry, execution)).collect(), page.total)
        }
        None => (Vec::new(), 0),
    };
    Ok(wire::json(&PageJson { results, total }))
}

pub(crate) async fn names(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TaskPath>,
) -> Result<Response, Error> {
    let TaskPath { namespace, id, task } = path;
    Ok(wire::json(&service.metric_names(tenant.name(), (&namespace, &id), task.as_deref()).await?))
}

pub(crate) async fn tasks(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<TaskPath>,
) -> Result<Response, Error> {
    Ok(wire::json(&service.tasks_with_metrics(tenant.name(), (&path.namespace, &path.id)).await?))
}

pub(crate) async fn aggregate(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<MetricPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let MetricPath { namespace, id, task, metric } = path;
    let now = service.now();
    let (start, end) = time(&mut params, now);
    let aggregation = params.read("aggregation", "one of sum, avg, min, max", Aggregation::from_name);
    let aggregation = aggregation.unwrap_or(Aggregation::Sum);
    params.check()?;
    let of = (task.as_deref(), metric.as_str());
    let flow = (namespace.as_str(), id.as_str());
    let aggregated = service.aggregated_metrics(tenant.name(), flow, of, start..=end, aggregation).await?;
    Ok(wire::json(&AggregatedJson::of(&aggregated, &metric)))
}

fn time(params: &mut Params, now: Timestamp) -> (Timestamp, Timestamp) {
    let start = params.date("startDate").unwrap_or_else(|| now.minus(RANGE_DEFAULT));
    let end = params.date("endDate").unwrap_or(now);
    if start > end {
        params.illegal("startDate", "Start date must be before End Date");
    }
    (start, end)
}

fn sort_key(text: &str) -> Option<MetricSort> {
    Some(match text {
        "namespace" | "flowId" | "executionId" => MetricSort::Execution,
        "taskId" => MetricSort::TaskId,
        // Kestra knows the second alone.
        "taskRunId" | "taskrunId" => MetricSort::TaskRun,
        "name" => MetricSort::Name,
        "timestamp" => MetricSort::Timestamp,
        "value" => MetricSort::Value,
        _ => return None,
    })
}
