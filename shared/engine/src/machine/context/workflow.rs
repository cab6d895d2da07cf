//! What expressions of Conductor see: `workflow`, and every task that was started by its reference.

use std::{borrow::Cow, collections::BTreeSet};

use expression::{Lookup, Map, Value};

use super::{owned, text, vars::Vars};
use crate::{
    conductor::{TaskId, TaskStatus, WorkflowStatus},
    execution::{Execution, State, TaskRun},
    flow::{Flow, FlowableKind, Task, TaskKind},
    time::Timestamp,
};

/// The label that holds the id by which somebody else knows an execution.
const CORRELATION_ID: &str = "system.correlationId";
/// Stands between the reference of a task in a loop and its round.
const ROUND: &str = "__";

/// The variables at the root.
pub(super) struct Workflow<'c> {
    pub(super) flow: &'c Flow,
    pub(super) execution: &'c Execution,
    pub(super) vars: Vars<'c>,
}

const WORKFLOW: &str = "workflow";
/// Where the map `workflow` stands; a task run stands one behind its place.
const OF_WORKFLOW: usize = 0;

const WORKFLOW_KEYS: [&str; 11] = [
    "input",
    "output",
    "status",
    "workflowId",
    "parentWorkflowId",
    "workflowType",
    "version",
    "correlationId",
    "variables",
    "schemaVersion",
    "reasonForIncompletion",
];

const TASK_KEYS: [&str; 15] = [
    "input",
    "output",
    "status",
    "taskType",
    "referenceTaskName",
    "retryCount",
    "correlationId",
    "taskDefName",
    "scheduledTime",
    "startTime",
    "endTime",
    "workflowInstanceId",
    "taskId",
    "reasonForIncompletion",
    "iteration",
];

impl<'c> Workflow<'c> {
    pub(super) fn variable(&self, name: &str) -> Option<Value<'_>> {
        if name == WORKFLOW {
            return Some(Value::Map(Map::Lookup(self, OF_WORKFLOW)));
        }
        let index = self.execution.task_runs.index_of(self.run(name)?.id)?;
        Some(Value::Map(Map::Lookup(self, index + 1)))
    }

    pub(super) fn names(&self) -> Vec<Cow<'_, str>> {
        let tasks: BTreeSet<&str> = self.execution.task_runs.iter().map(|run| run.task_id.as_str()).collect();
        std::iter::once(WORKFLOW).chain(tasks).map(Cow::Borrowed).collect()
    }

    /// The newest run of a task: that of the present round. `ref__2` is that of the second.
    fn run(&self, name: &str) -> Option<&'c TaskRun> {
        let runs = &self.execution.task_runs;
        if let Some(run) = runs.of_task(name).next_back() {
            return Some(run);
        }
        let (reference, round) = name.rsplit_once(ROUND)?;
        let round: u32 = round.parse().ok()?;
        runs.of_task(reference).rev().find(|run| self.round(run) == Some(round))
    }

    fn task(&self, run: &TaskRun) -> Option<&'c Task> {
        self.flow.task(&run.task_id)
    }

    /// The round of the loop around a run.
    fn round(&self, run: &TaskRun) -> Option<u32> {
        // A loop's own rounds are not those around it.
        match self.task(run).map(|task| &task.kind) {
            Some(TaskKind::Flowable(it)) if matches!(it.kind, FlowableKind::DoWhile(_)) => {
                self.execution.task_runs.get(run.parent?)?.iteration
            }
            _ => run.iteration,
        }
    }

    fn of_workflow(&self, key: &str) -> Option<Value<'_>> {
        let execution = self.execution;
        let workflow = self.flow.workflow.as_ref();
        Some(match key {
            "input" => Value::Map(Map::Borrowed(&execution.inputs)),
            "output" => Value::Map(Map::Borrowed(execution.outputs.as_ref()?)),
            "status" => text(WorkflowStatus::of(execution).name()),
            "workflowId" => owned(execution.id),
            "parentWorkflowId" => owned(execution.course.caller?.execution),
            "workflowType" => text(workflow.map_or(&self.flow.id, |it| &it.name)),
            "version" => Value::Integer(i64::from(workflow.map_or(self.flow.revision, |it| it.version))),
            "correlationId" => self.correlation_id()?,
            "variables" => self.vars.all()?,
            "schemaVersion" => Value::Integer(2),
            "reasonForIncompletion" => text(execution.course.reason.as_ref()?),
            _ => return None,
        })
    }

    fn correlation_id(&self) -> Option<Value<'_>> {
        let label = self.execution.labels.iter().find(|label| label.key == CORRELATION_ID)?;
        Some(text(&label.value))
    }

    fn of_task(&self, run: &'c TaskRun, key: &str) -> Option<Value<'_>> {
        let task = self.task(run);
        Some(match key {
            "input" => Value::Map(Map::Borrowed(run.input.as_ref()?)),
            "output" => Value::Map(Map::Borrowed(&run.outputs)),
            "status" => text(self.task_status(run)),
            "taskType" => text(&task?.type_name),
            "referenceTaskName" => match self.round(run) {
                Some(round) => Value::String(Cow::Owned(format!("{}{ROUND}{round}", run.task_id))),
                None => text(&run.task_id),
            },
            "retryCount" => {
                let tries = run.attempts.iter().filter(|it| !it.lost).count();
                Value::Integer(i64::try_from(tries.saturating_sub(1)).unwrap_or(i64::MAX))
            }
            "correlationId" => self.correlation_id()?,
            "taskDefName" => text(task?.workflow.as_ref().map(|it| it.name.as_str())?),
            "scheduledTime" => moment(run.state.first().date),
            "startTime" => {
                moment(run.attempts.first().map_or(run.state.first().date, |it| it.state.first().date))
            }
            "endTime" => run.state.end_date().map_or(Value::Integer(0), moment),
            "workflowInstanceId" => owned(self.execution.id),
            "taskId" => {
                let number = u32::try_from(run.attempts.len().max(1)).unwrap_or(u32::MAX);
                owned(TaskId { execution: self.execution.id, task_run: run.id, number })
            }
            "reasonForIncompletion" => {
                let lines = self.execution.logs.iter().rev();
                let mut lines = lines.filter(|line| line.task_run == Some(run.id));
                text(&lines.find(|line| line.level == super::Level::Error)?.message)
            }
            "iteration" => Value::Integer(i64::from(match task.map(|task| &task.kind) {
                Some(TaskKind::Flowable(it)) if matches!(it.kind, FlowableKind::DoWhile(_)) => {
                    run.iteration.unwrap_or(0)
                }
                _ => self.round(run).unwrap_or(0),
            })),
            _ => return None,
        })
    }

    /// A decision and a fork are done once they have chosen.
    fn task_status(&self, run: &TaskRun) -> &'static str {
        let state = run.state.current();
        let chosen = match self.task(run).map(|task| &task.kind) {
            Some(TaskKind::Flowable(it)) => {
                matches!(it.kind, FlowableKind::Decision(_) | FlowableKind::Fork { .. })
            }
            Some(
                TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_),
            )
            | None => false,
        };
        let status =
            if chosen && state == State::Running { TaskStatus::Completed } else { TaskStatus::of(state) };
        status.name()
    }
}

impl Lookup for Workflow<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        match at.checked_sub(1) {
            None => self.of_workflow(key),
            Some(index) => self.of_task(self.execution.task_runs.at(index), key),
        }
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let all = if at == OF_WORKFLOW { &WORKFLOW_KEYS[..] } else { &TASK_KEYS[..] };
        let there = all.iter().filter(|key| Lookup::get(self, at, key).is_some());
        there.take(count).map(|key| Cow::Borrowed(*key)).collect()
    }
}

/// Milliseconds since the epoch.
fn moment(at: Timestamp) -> Value<'static> {
    Value::Integer(at.as_millis())
}
