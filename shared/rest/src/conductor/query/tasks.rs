//! The `query` of a search for tasks: what they have to be, and the workflows that they are of.

use engine::conductor::TaskStatus;

use super::{
    super::{error::refused, wire::task::TaskJson},
    Compared, Query, conditions, moment, split,
};
use crate::error::Error;

const FIELDS: &str = "taskType, taskDefName, referenceTaskName, taskId, status, scheduledTime, startTime, updateTime, \
    endTime of the task, and workflowType, workflowId, correlationId, version of its workflow";

/// What a task has to be, and its workflow.
#[derive(Debug, Default)]
pub(in super::super) struct TaskQuery {
    pub(in super::super) workflows: Query,
    tests: Vec<Test>,
}

#[derive(Debug)]
struct Test {
    of: Of,
    compared: Compared,
    /// One of these, when compared with `=` or `IN`.
    values: Vec<String>,
    /// Milliseconds since 1970.
    at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Type,
    Definition,
    Reference,
    Id,
    Status,
    Scheduled,
    Started,
    Updated,
    Ended,
}

impl Of {
    fn named(field: &str) -> Option<Self> {
        Some(match field {
            "taskType" => Self::Type,
            "taskDefName" => Self::Definition,
            "referenceTaskName" | "taskReferenceName" => Self::Reference,
            "taskId" => Self::Id,
            "status" => Self::Status,
            "scheduledTime" => Self::Scheduled,
            "startTime" => Self::Started,
            "updateTime" => Self::Updated,
            "endTime" => Self::Ended,
            _ => return None,
        })
    }
}

impl TaskQuery {
    /// Reads `taskType = 'greet' AND status IN (FAILED,TIMED_OUT) AND workflowType = hello`.
    ///
    /// # Errors
    /// 400: which condition, and what would be right.
    pub(in super::super) fn read(text: &str) -> Result<Self, Error> {
        let mut query = Self::default();
        for condition in conditions(text) {
            let parts = split(&condition);
            match parts.and_then(|(field, compared, values)| Some((Of::named(field)?, compared, values))) {
                Some((of, compared, values)) => query.tests.push(test(of, compared, values, &condition)?),
                None if is_of_workflow(&condition) => query.workflows.add(&condition)?,
                None => {
                    return Err(refused(format!(
                        "`{condition}`: tasks are searched by {FIELDS}; a condition is field = value, field IN (a,b), field > value or field < value"
                    )));
                }
            }
        }
        Ok(query)
    }

    pub(in super::super) fn fits(&self, task: &TaskJson<'_>) -> bool {
        self.tests.iter().all(|it| it.fits(task))
    }
}

fn is_of_workflow(condition: &str) -> bool {
    split(condition).is_some_and(|(field, ..)| {
        matches!(field, "workflowType" | "workflowId" | "correlationId" | "version")
    })
}

fn test(of: Of, compared: Compared, values: Vec<String>, condition: &str) -> Result<Test, Error> {
    let is_time = matches!(of, Of::Scheduled | Of::Started | Of::Updated | Of::Ended);
    if is_time == (compared == Compared::Is) {
        let right = if is_time { "> or <" } else { "= or IN" };
        return Err(refused(format!("`{condition}` has to be compared with {right}")));
    }
    if of == Of::Status
        && let Some(wrong) = values.iter().find(|it| TaskStatus::from_name(it).is_none())
    {
        let all = TaskStatus::ALL.map(TaskStatus::name).join(", ");
        return Err(refused(format!("`status` is `{wrong}`; it has to be one of {all}")));
    }
    let at = match values.first().and_then(|it| moment(it)) {
        Some(at) => at.as_millis(),
        None if is_time => {
            return Err(refused(format!(
                "`{condition}`: a time is written in milliseconds since 1970, or as 2024-07-12T05:13:42.140Z"
            )));
        }
        None => 0,
    };
    Ok(Test { of, compared, values, at })
}

impl Test {
    fn fits(&self, task: &TaskJson<'_>) -> bool {
        let is_one = |value: &str| self.values.iter().any(|it| it == value);
        match self.of {
            Of::Type => is_one(&task.task_type),
            Of::Definition => is_one(&task.task_def_name),
            Of::Reference => is_one(&task.reference_task_name),
            Of::Id => is_one(&task.task_id),
            Of::Status => is_one(task.status.0.name()),
            Of::Scheduled => self.is_then(task.scheduled_time),
            Of::Started => self.is_then(task.start_time),
            Of::Updated => self.is_then(task.update_time),
            Of::Ended => self.is_then(task.end_time),
        }
    }

    /// What never happened is neither before nor after.
    fn is_then(&self, millis: i64) -> bool {
        let holds = if self.compared == Compared::More { millis >= self.at } else { millis <= self.at };
        millis != 0 && holds
    }
}
