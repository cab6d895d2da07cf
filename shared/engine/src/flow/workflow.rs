//! What workflows and tasks of Conductor have that those of Kestra have not.

use std::time::Duration;

use expression::Template;
use foldhash::HashMap;
use serde_json::{Map, Value as Json};

use super::{Rendered, Task};
use crate::{
    conductor::{DynamicFork, Step, TaskDefinition},
    id::TaskRunId,
};

/// What only a workflow of Conductor has.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// As its author wrote it; the id of the flow is made from it.
    pub name: String,
    pub version: u32,
    /// For inputs that are missing or null when it is started.
    pub input_template: Map<String, Json>,
    pub failure_workflow: Option<FailureWorkflow>,
    /// Whether one that has completed may be restarted.
    pub restartable: bool,
    /// Whether some of its tasks take their shape only when their turn comes.
    pub grows: bool,
    /// What runs of an execution were runs of, where that may be another task than the one of that id now. There for
    /// those who show them.
    pub(crate) past: HashMap<TaskRunId, Task>,
    /// Renders to a key: executions with the same one share the places of [`Flow::concurrency`](super::Flow). Without it
    /// all of the flow do.
    pub place_key: Option<Template>,
}

impl Workflow {
    /// Its input: what was given, and what the template has for what is missing or null.
    pub fn input(&self, mut given: Map<String, Json>) -> Map<String, Json> {
        for (name, value) in &self.input_template {
            let slot = given.entry(name.clone()).or_insert(Json::Null);
            if slot.is_null() {
                slot.clone_from(value);
            }
        }
        given
    }
}

/// The workflow that is started when one has failed.
#[derive(Debug, Clone)]
pub struct FailureWorkflow {
    /// An expression on the input, or a name.
    pub name: Template,
    pub version: Option<u32>,
}

/// What only a task of Conductor has.
#[derive(Debug, Clone)]
pub struct WorkflowTask {
    /// Of its task definition.
    pub name: String,
    /// A map: resolved when its turn comes, and kept with its run.
    pub input: Rendered,
    /// Its failure stops nothing beside it; the workflow fails when all else is done.
    pub permissive: bool,
    pub start_delay: Option<Duration>,
    /// It stays in progress after its work, until somebody reports.
    pub async_complete: bool,
    /// Instead of the one of its definition.
    pub retry_count: Option<u32>,
    /// Given here instead of by name.
    pub definition: Option<Box<TaskDefinition>>,
    /// There when its shape comes with its input.
    pub growth: Option<Box<Growth>>,
}

/// What a task of Conductor asks for that starts a workflow.
#[derive(Debug, Clone)]
pub struct WorkflowRequest {
    /// Gives a `StartWorkflowRequest`. A definition in it was given by an expression.
    pub request: Rendered,
    /// One that does: nothing in it is rendered before it runs.
    pub definition: Option<Map<String, Json>>,
}

/// How a task takes its shape from its input, once that is resolved. See [`conductor::dynamic`](crate::conductor).
#[derive(Debug, Clone)]
pub enum Growth {
    /// `FORK_JOIN_DYNAMIC`: its branches.
    Forks(DynamicFork),
    /// `DYNAMIC`: all of it, from the task that an input names.
    Becomes { name_from: String, step: Box<Step> },
}

/// System tasks that need nobody outside. What they work with is their resolved input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemTask {
    /// `INLINE`: `expression`, evaluated as `evaluatorType` says.
    Inline,
    /// `LAMBDA`: `scriptExpression`.
    Lambda,
    /// `SET_VARIABLE`: its input becomes variables of the workflow.
    SetVariable,
    /// `JOIN`: the outputs of the tasks with these references. Their branches have ended when its turn comes.
    Join { on: Vec<String> },
    /// `EXCLUSIVE_JOIN`: the output of the first of these that ran, or of the first of `default`.
    ExclusiveJoin { on: Vec<String>, default: Vec<String> },
    /// `WAIT`: until its time, or until somebody says so.
    Wait,
    /// `HUMAN`: until somebody says so.
    Human,
    /// `TERMINATE`: ends the workflow as `terminationStatus` says.
    Terminate,
    /// `JSON_JQ_TRANSFORM`: `queryExpression` of its input.
    Jq,
    /// `NOOP`.
    Noop,
    /// `EVENT` to a queue of Conductor's own: `conductor` or `conductor:<queue>`.
    Event { sink: String },
}
