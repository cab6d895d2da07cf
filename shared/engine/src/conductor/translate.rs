//! From a definition to a flow of the one machine.
//!
//! | Conductor | Flow |
//! |---|---|
//! | `SWITCH`, `DECISION` | [`FlowableKind::Decision`](crate::flow::FlowableKind) |
//! | `FORK_JOIN` | [`FlowableKind::Fork`](crate::flow::FlowableKind): it ends when all its branches have |
//! | `FORK_JOIN_DYNAMIC`, `DYNAMIC` | the same fork without branches, and a task that does nothing: with a [`Growth`](crate::flow::Growth) |
//! | `JOIN` | a system task after it, which collects. A `joinOn` that names some branches waits for all the same |
//! | `DO_WHILE` | [`FlowableKind::DoWhile`](crate::flow::FlowableKind) |
//! | `SUB_WORKFLOW`, `START_WORKFLOW` | [`Executable::Subflow`](crate::flow::Executable) |
//! | `rateLimitConfig` | `concurrency` that queues, and the key of its places |
//! | the other system tasks | [`SystemTask`](crate::flow::SystemTask) |

mod call;
mod step;
mod value;

pub(crate) use step::{DYNAMIC, JOIN_ON};
pub use step::{EVENT, HTTP};

use foldhash::HashMap;

use serde_json::Map;

use super::{Definition, Step, TimeoutPolicy};
use crate::{
    execution::TaskRuns,
    flow::{
        Concurrency, ConcurrencyBehavior, Dialect, FailureWorkflow, Flow, Output, Sla, SlaBehavior, SlaKind,
        Task, Workflow, places,
    },
};

/// The id of the rule that tells of a workflow whose time is over and that goes on.
const ALERT: &str = "timeout";

/// What cannot be run here: a property or a type for which there is nothing yet. Each with its task's reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct NotBuilt(pub Vec<String>);

/// The flow of a definition, of revision 1 until the store counts it. `id` is the name as a flow may have one.
///
/// # Errors
/// All that cannot be run here, at once.
pub fn translate(definition: &Definition, namespace: &str, id: &str) -> Result<Flow, NotBuilt> {
    let mut steps = step::Steps::at(namespace, 0);
    let tasks = steps.list(&definition.tasks);
    let outputs = definition.output_parameters.iter().map(|(id, value)| Output {
        id: id.clone(),
        kind: crate::input::Kind::Json,
        value: steps.value(id, value),
        description: None,
        display_name: None,
    });
    let outputs = outputs.collect();
    let failure_workflow = definition.failure_workflow.as_ref().map(|name| FailureWorkflow {
        name: steps.template("failureWorkflow", name),
        version: definition.failure_workflow_version,
    });
    let limit = definition.rate_limit.as_ref();
    let place_key = limit.filter(|it| !it.key.is_empty()).map(|it| steps.template("rateLimitKey", &it.key));
    if !steps.problems.is_empty() {
        return Err(NotBuilt(steps.problems));
    }
    let times_out = definition.timeout_policy == TimeoutPolicy::TimeOut;
    let alert = definition.timeout.filter(|_| !times_out).map(|most| Sla {
        id: ALERT.to_owned(),
        kind: SlaKind::MaxDuration(most),
        behavior: SlaBehavior::None,
        labels: Vec::new(),
    });
    let mut flow = Flow {
        dialect: Dialect::Conductor,
        workflow: Some(Box::new(Workflow {
            name: definition.name.clone(),
            version: definition.version,
            input_template: definition.input_template.clone(),
            failure_workflow,
            restartable: definition.restartable,
            grows: steps.grows,
            past: HashMap::default(),
            place_key,
        })),
        id: id.to_owned(),
        namespace: namespace.to_owned(),
        revision: 1,
        description: definition.description.clone(),
        disabled: false,
        deleted: false,
        labels: Vec::new(),
        inputs: Vec::new(),
        outputs,
        variables: definition.variables.clone(),
        tasks,
        errors: Vec::new(),
        finally: Vec::new(),
        after_execution: Vec::new(),
        listeners: Vec::new(),
        triggers: Vec::new(),
        plugin_defaults: Vec::new(),
        concurrency: limit
            .map(|it| Concurrency { limit: it.concurrent, behavior: ConcurrencyBehavior::Queue }),
        retry: None,
        sla: alert.into_iter().collect(),
        timeout: definition.timeout.filter(|_| times_out),
        document: Map::new(),
        templates: Vec::new(),
        places: HashMap::default(),
    };
    flow.places = places(&flow);
    // What the definition says of steps that are not there yet goes with them.
    Ok(if steps.grows { flow.grown(&TaskRuns::default()) } else { flow })
}

/// The tasks of lists that stand so deep in others, of a workflow that runs.
///
/// # Errors
/// All that cannot be run here, at once.
pub(crate) fn branches(
    lists: &[Vec<Step>],
    namespace: &str,
    depth: usize,
) -> Result<Vec<Vec<Task>>, NotBuilt> {
    let mut steps = step::Steps::at(namespace, depth);
    let tasks = lists.iter().map(|list| steps.list(list)).collect();
    if steps.problems.is_empty() { Ok(tasks) } else { Err(NotBuilt(steps.problems)) }
}
