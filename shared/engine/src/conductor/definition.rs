//! A workflow definition, typed. Values that may hold `${…}` stay JSON here.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use super::{TaskDefinition, dynamic};

/// A workflow definition of one version. Conductor: `WorkflowDef`.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    pub name: String,
    /// Chosen by its author, 1 unless given; written again in place.
    pub version: u32,
    pub description: Option<String>,
    pub tasks: Vec<Step>,
    /// Names of inputs. Documentation alone.
    pub input_parameters: Vec<String>,
    /// For inputs that are missing or null.
    pub input_template: Map<String, Json>,
    /// The output; that of the last task when empty.
    pub output_parameters: Map<String, Json>,
    /// What `workflow.variables` begins with.
    pub variables: Map<String, Json>,
    /// Started when this one fails; a name, or an expression on the input.
    pub failure_workflow: Option<String>,
    pub failure_workflow_version: Option<u32>,
    pub timeout: Option<Duration>,
    pub timeout_policy: TimeoutPolicy,
    /// Whether one that has completed may be restarted.
    pub restartable: bool,
    pub rate_limit: Option<RateLimit>,
}

/// What becomes of a workflow whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutPolicy {
    /// `TIME_OUT_WF`: it ends as `TIMED_OUT`.
    TimeOut,
    /// `ALERT_ONLY`: a line in the log.
    AlertOnly,
}

/// How many run at the same time. Conductor: `rateLimitConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Those with the same key are counted together; may be an expression.
    pub key: String,
    pub concurrent: u32,
}

/// A task as it stands in a definition. Conductor: `WorkflowTask`.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "Conductor's properties, each on its own")]
pub struct Step {
    /// Of its [`TaskDefinition`]; of a SIMPLE one the queue of its workers.
    pub name: String,
    /// `taskReferenceName`: unique in the definition, branches and loops included.
    pub reference: String,
    pub description: Option<String>,
    pub kind: StepKind,
    /// `inputParameters`.
    pub input: Map<String, Json>,
    /// Its failure is `COMPLETED_WITH_ERRORS`, and the workflow goes on.
    pub optional: bool,
    /// Its failure stops no sibling of its fork; the workflow fails when all else is done.
    pub permissive: bool,
    pub start_delay: Option<Duration>,
    /// Instead of the one of its [`TaskDefinition`].
    pub retry_count: Option<u32>,
    /// It stays `IN_PROGRESS` after its work, until somebody updates it.
    pub async_complete: bool,
    /// `taskDefinition`: given here instead of by name.
    pub definition: Option<Box<TaskDefinition>>,
}

/// What a task does.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// `SIMPLE`, and every type that Conductor does not know: a worker polls it. The type of the queue: its name, or
    /// that unknown type.
    Worker {
        task_type: String,
    },
    Http,
    /// `INLINE`; `expression` and `evaluatorType` are in its input and may be expressions.
    Inline,
    /// `LAMBDA`: `scriptExpression` is in its input.
    Lambda,
    SetVariable,
    /// `SWITCH`, and `DECISION` before it.
    Switch {
        /// A `DECISION`, which tells of its choice in other words.
        legacy: bool,
        evaluator: Evaluator,
        expression: String,
        cases: Vec<(String, Vec<Step>)>,
        default: Vec<Step>,
    },
    /// `FORK_JOIN`: each branch one after another, all side by side. The `JOIN` follows as a step of its own.
    Fork {
        branches: Vec<Vec<Step>>,
    },
    /// `FORK_JOIN_DYNAMIC`.
    DynamicFork(DynamicFork),
    Join {
        on: Vec<String>,
        mode: JoinMode,
    },
    ExclusiveJoin {
        on: Vec<String>,
        default: Vec<String>,
    },
    /// `condition` is JavaScript, run after each round: another one follows while it holds. With `items` (a value, or
    /// an expression) a round for each of them instead.
    DoWhile {
        condition: Option<String>,
        over: Vec<Step>,
        items: Option<Json>,
    },
    SubWorkflow(Box<SubWorkflow>),
    /// `START_WORKFLOW`: the request is its input `startWorkflow`.
    StartWorkflow,
    /// Until a time of its input (`duration`, `until`), or until somebody says so.
    Wait,
    Human,
    /// `terminationStatus`, `terminationReason` and `workflowOutput` are in its input.
    Terminate,
    /// `JSON_JQ_TRANSFORM`: `queryExpression` is in its input.
    Jq,
    Event {
        sink: String,
    },
    /// The task named by this input, with the rest of the input.
    Dynamic {
        name_from: String,
    },
    Noop,
}

/// Who evaluates the expression of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evaluator {
    /// `value-param`: the expression is the name of an input. `DECISION` without a script is one, too.
    Parameter,
    /// `javascript`, `graaljs`.
    Script,
}

/// When a join looks whether all have ended. Both look at once here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinMode {
    Sync,
    Async,
}

/// Which tasks a dynamic fork runs.
#[derive(Debug, Clone, PartialEq)]
pub enum DynamicFork {
    /// Inputs hold the tasks (a list of `WorkflowTask`), and the input of each by its reference.
    Tasks { tasks_from: String, inputs_from: String },
    /// `forkTaskName` or `forkTaskWorkflow`, once for each of `forkTaskInputs`: all in its input.
    Same(ForkedSame),
    /// `dynamicForkJoinTasksParam`, of old: an input holds a list of `{taskName, workflowName, referenceName, input}`.
    Legacy { tasks_from: String },
}

impl DynamicFork {
    /// The input that says how many there are.
    pub fn list(&self) -> &str {
        match self {
            Self::Tasks { tasks_from, .. } | Self::Legacy { tasks_from } => tasks_from,
            Self::Same(_) => dynamic::FORK_TASK_INPUTS,
        }
    }
}

/// One task or workflow, once for each input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForkedSame {
    Task,
    Workflow,
}

/// Conductor: `subWorkflowParam`.
#[derive(Debug, Clone, PartialEq)]
pub struct SubWorkflow {
    pub name: String,
    /// The latest unless given: a number, or an expression.
    pub version: Option<Json>,
    /// A definition, or an expression that gives one.
    pub definition: Option<Json>,
    pub idempotency_key: Option<String>,
    pub idempotency_strategy: Option<String>,
    pub priority: Option<Json>,
    pub task_to_domain: Map<String, Json>,
}
