//! Task runs and their attempts.

use engine::{
    execution::{Attempt, Execution, TaskRun, TaskRuns},
    id::{ExecutionId, TaskRunId},
    time::Timestamp,
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

use super::state::StateJson;

pub(super) struct TaskRunsJson<'a> {
    pub(super) execution: &'a Execution,
    pub(super) runs: &'a TaskRuns,
    pub(super) now: Timestamp,
}

impl TaskRunsJson<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

impl Serialize for TaskRunsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = |run| TaskRunJson::of(run, self.runs, self.execution, self.now);
        serializer.collect_seq(self.runs.iter().map(json))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskRunJson<'a> {
    id: TaskRunId,
    execution_id: ExecutionId,
    namespace: &'a str,
    flow_id: &'a str,
    task_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_task_run_id: Option<TaskRunId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    #[serde(skip_serializing_if = "AttemptsJson::is_empty")]
    attempts: AttemptsJson<'a>,
    /// There even when empty: clients index into it.
    outputs: &'a Map<String, Json>,
    state: StateJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iteration: Option<u32>,
    /// Made by the task of another run.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dynamic: bool,
}

impl<'a> TaskRunJson<'a> {
    /// `runs` are all there are.
    pub(super) fn of(run: &'a TaskRun, runs: &TaskRuns, execution: &'a Execution, now: Timestamp) -> Self {
        let attempts = if runs.hides_attempts(run) { &[][..] } else { &run.attempts };
        Self {
            id: run.id,
            execution_id: execution.id,
            namespace: &execution.namespace,
            flow_id: &execution.flow_id,
            task_id: &run.task_id,
            parent_task_run_id: run.parent,
            value: run.value.as_deref(),
            attempts: AttemptsJson { attempts, now },
            outputs: &run.outputs,
            state: StateJson { log: &run.state, now },
            iteration: run.iteration,
            dynamic: run.dynamic,
        }
    }
}

struct AttemptsJson<'a> {
    attempts: &'a [Attempt],
    now: Timestamp,
}

impl AttemptsJson<'_> {
    fn is_empty(&self) -> bool {
        self.attempts.is_empty()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptJson<'a> {
    state: StateJson<'a>,
    /// Where its lines are, when its task keeps them in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    log_file: Option<&'a str>,
}

impl Serialize for AttemptsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.attempts.iter().map(|it| AttemptJson {
            state: StateJson { log: &it.state, now: self.now },
            log_file: it.log_file.as_deref(),
        }))
    }
}
