//! What the tasks of executions measured. It is kept in their attempts, and read from there.

mod aggregate;

use std::{collections::BTreeSet, ops::RangeInclusive};

use engine::{
    execution::{Execution, Metric},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use futures_util::{StreamExt, stream};

pub use self::aggregate::{Aggregated, Aggregation, GroupBy};
use crate::{
    Error, ExecutionQuery, Page, PageRequest, Service,
    record::Summary,
    settings::{MEASURED_MAX, METRIC_NAMES_MAX},
};

/// Executions of a flow that are read at the same time.
const READS_AT_ONCE: usize = 8;

/// Which metrics of an execution, and in which order.
#[derive(Debug, Clone, Default)]
pub struct MetricQuery {
    pub task_run: Option<TaskRunId>,
    pub task_id: Option<String>,
    /// `(key, ascending)`; as they were measured when empty.
    pub sort: Vec<(MetricSort, bool)>,
}

/// What metrics can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricSort {
    /// What is the same for all of an execution.
    Execution,
    TaskId,
    TaskRun,
    Name,
    Timestamp,
    Value,
}

/// A metric, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricEntry {
    pub task_run: TaskRunId,
    pub task_id: String,
    /// When its attempt ended.
    pub timestamp: Timestamp,
    pub metric: Metric,
}

/// A metric where it stands.
#[derive(Clone, Copy)]
struct Seen<'e> {
    task_run: TaskRunId,
    task_id: &'e str,
    timestamp: Timestamp,
    metric: &'e Metric,
}

/// Those of an execution, by task run and attempt.
fn of(execution: &Execution) -> impl Iterator<Item = Seen<'_>> {
    execution.task_runs.iter().flat_map(|run| {
        run.attempts.iter().flat_map(move |attempt| {
            let timestamp = attempt.state.last().date;
            attempt.metrics.iter().map(move |metric| Seen {
                task_run: run.id,
                task_id: &run.task_id,
                timestamp,
                metric,
            })
        })
    })
}

/// How many an execution has.
pub(crate) fn count(execution: &Execution) -> u64 {
    of(execution).count() as u64
}

/// The execution without them.
pub(crate) fn without(execution: &Execution) -> Execution {
    let mut without = execution.clone();
    let measured: Vec<TaskRunId> = of(execution).map(|seen| seen.task_run).collect();
    for id in measured {
        if let Some(mut run) = without.task_runs.get_mut(id) {
            run.attempts.iter_mut().for_each(|attempt| attempt.metrics.clear());
        }
    }
    without
}

impl Service {
    /// The execution the metrics belong to and a page of them; `None` when it is unknown.
    pub async fn metrics(
        &self,
        tenant: &str,
        id: ExecutionId,
        query: &MetricQuery,
        page: PageRequest,
    ) -> Result<Option<(Execution, Page<MetricEntry>)>, Error> {
        let Some((record, _)) = self.read_record(tenant, id).await? else { return Ok(None) };
        let execution = record.execution;
        let mut found: Vec<Seen<'_>> = of(&execution).filter(|seen| query.matches(seen)).collect();
        found.sort_by(|one, other| {
            let order = query.sort.iter().map(|(key, ascending)| {
                let order = one.compare(other, *key);
                if *ascending { order } else { order.reverse() }
            });
            order.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        let Page { results, total } = page.cut(found);
        let results = results.into_iter().map(|seen| seen.entry()).collect();
        Ok(Some((execution, Page { results, total })))
    }

    /// The names of what a flow's tasks measured, or one of them, in order: of its newest [`MEASURED_MAX`] executions,
    /// [`METRIC_NAMES_MAX`] names at most.
    pub async fn metric_names(
        &self,
        tenant: &str,
        flow: (&str, &str),
        task_id: Option<&str>,
    ) -> Result<Vec<String>, Error> {
        let mut names = BTreeSet::new();
        self.each_measured(tenant, flow, None, |seen| {
            if task_id.is_none_or(|wanted| wanted == seen.task_id) {
                add(&mut names, &seen.metric.name);
            }
        })
        .await?;
        Ok(names.into_iter().collect())
    }

    /// The tasks of a flow that measured something, in order, also those it has no more; of as many executions as
    /// [`Self::metric_names`] looks at.
    pub async fn tasks_with_metrics(&self, tenant: &str, flow: (&str, &str)) -> Result<Vec<String>, Error> {
        let mut tasks = BTreeSet::new();
        self.each_measured(tenant, flow, None, |seen| add(&mut tasks, seen.task_id)).await?;
        Ok(tasks.into_iter().collect())
    }

    /// What came of a metric over a time, in steps of that time: of the newest [`MEASURED_MAX`] executions in it.
    ///
    /// # Errors
    /// `Invalid` when there are too many steps.
    pub async fn aggregated_metrics(
        &self,
        tenant: &str,
        flow: (&str, &str),
        (task_id, name): (Option<&str>, &str),
        time: RangeInclusive<Timestamp>,
        aggregation: Aggregation,
    ) -> Result<Aggregated, Error> {
        let mut steps = aggregate::Steps::of(&time, &self.shared.settings.zone).map_err(Error::argument)?;
        self.each_measured(tenant, flow, Some(&time), |seen| {
            let wanted = task_id.is_none_or(|wanted| wanted == seen.task_id) && name == seen.metric.name;
            if wanted && time.contains(&seen.timestamp) {
                steps.add(seen.timestamp, seen.metric.value.as_f64().unwrap_or(0.0));
            }
        })
        .await?;
        Ok(steps.aggregated(aggregation))
    }

    /// Shows what was measured in the newest executions of a flow, or in those of them that ran in that time.
    async fn each_measured(
        &self,
        tenant: &str,
        (namespace, flow_id): (&str, &str),
        time: Option<&RangeInclusive<Timestamp>>,
        mut see: impl FnMut(Seen<'_>),
    ) -> Result<(), Error> {
        let query = ExecutionQuery {
            namespace_exact: Some(namespace.to_owned()),
            flow_id: Some(flow_id.to_owned()),
            ..ExecutionQuery::default()
        };
        let mut found = self.find(tenant, &query).await?;
        found.retain(|found| time.is_none_or(|time| ran_in(&found.summary, time)));
        found.truncate(MEASURED_MAX);
        let read = stream::iter(found).map(|found| self.read_record(tenant, found.id));
        let mut read = std::pin::pin!(read.buffered(READS_AT_ONCE));
        while let Some(read) = read.next().await {
            // The listing may still name what is gone.
            if let Some((record, _)) = read? {
                of(&record.execution).for_each(&mut see);
            }
        }
        Ok(())
    }
}

fn add(names: &mut BTreeSet<String>, name: &str) {
    if names.len() < METRIC_NAMES_MAX && !names.contains(name) {
        names.insert(name.to_owned());
    }
}

fn ran_in(summary: &Summary, time: &RangeInclusive<Timestamp>) -> bool {
    let over_before = summary.is_over() && summary.end.is_some_and(|end| end < *time.start());
    summary.start <= *time.end() && !over_before
}

impl Seen<'_> {
    fn compare(&self, other: &Self, key: MetricSort) -> std::cmp::Ordering {
        let value = |seen: &Self| seen.metric.value.as_f64().unwrap_or(0.0);
        match key {
            MetricSort::Execution => std::cmp::Ordering::Equal,
            MetricSort::TaskId => self.task_id.cmp(other.task_id),
            MetricSort::TaskRun => self.task_run.cmp(&other.task_run),
            MetricSort::Name => self.metric.name.cmp(&other.metric.name),
            MetricSort::Timestamp => self.timestamp.cmp(&other.timestamp),
            MetricSort::Value => value(self).total_cmp(&value(other)),
        }
    }

    fn entry(&self) -> MetricEntry {
        let Self { task_run, task_id, timestamp, metric } = *self;
        MetricEntry { task_run, task_id: task_id.to_owned(), timestamp, metric: metric.clone() }
    }
}

impl MetricQuery {
    fn matches(&self, seen: &Seen<'_>) -> bool {
        self.task_run.is_none_or(|wanted| wanted == seen.task_run)
            && self.task_id.as_ref().is_none_or(|wanted| wanted == seen.task_id)
    }
}
