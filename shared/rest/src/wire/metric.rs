//! Metrics as JSON.

use std::collections::BTreeMap;

use engine::{
    execution::Execution,
    id::{ExecutionId, TaskRunId},
};
use serde::Serialize;
use service::{Aggregated, MetricEntry};

use super::date::Date;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricJson<'a> {
    namespace: &'a str,
    flow_id: &'a str,
    task_id: &'a str,
    execution_id: ExecutionId,
    task_run_id: TaskRunId,
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    /// Kestra: never a whole number.
    value: Option<f64>,
    timestamp: Date,
    tags: &'a BTreeMap<String, String>,
    deleted: bool,
}

impl<'a> MetricJson<'a> {
    pub(crate) fn of(entry: &'a MetricEntry, execution: &'a Execution) -> Self {
        let MetricEntry { task_run, task_id, timestamp, metric } = entry;
        Self {
            namespace: &execution.namespace,
            flow_id: &execution.flow_id,
            task_id,
            execution_id: execution.id,
            task_run_id: *task_run,
            kind: metric.kind.name(),
            name: &metric.name,
            value: metric.value.as_f64(),
            timestamp: Date(*timestamp),
            tags: &metric.tags,
            deleted: false,
        }
    }
}

/// Kestra: `MetricAggregations`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AggregatedJson<'a> {
    group_by: &'static str,
    aggregations: Vec<StepJson<'a>>,
}

#[derive(Serialize)]
struct StepJson<'a> {
    name: &'a str,
    value: f64,
    date: Date,
}

impl<'a> AggregatedJson<'a> {
    pub(crate) fn of(aggregated: &Aggregated, name: &'a str) -> Self {
        let step = |(date, value): &(_, f64)| StepJson { name, value: *value, date: Date(*date) };
        Self {
            group_by: aggregated.group_by.name(),
            aggregations: aggregated.values.iter().map(step).collect(),
        }
    }
}
