//! Workflows of Conductor, from their definition to their end.

mod calls;
mod dynamic;
mod forks;
mod loops;
mod system;
mod tries;
mod waits;

use serde_json::{Map, Value as Json, json};

use super::play::Play;
use crate::conductor::{Definition, Step, StepKind, TimeoutPolicy, translate};

/// A step that does something with an input.
pub(super) fn step(reference: &str, kind: StepKind, input: Json) -> Step {
    Step {
        name: reference.to_owned(),
        reference: reference.to_owned(),
        description: None,
        kind,
        input: object(input),
        optional: false,
        permissive: false,
        start_delay: None,
        retry_count: None,
        async_complete: false,
        definition: None,
    }
}

/// A script that is its `result`.
pub(super) fn inline(reference: &str, expression: &str) -> Step {
    step(reference, StepKind::Inline, json!({"evaluatorType": "graaljs", "expression": expression}))
}

/// A script that throws.
pub(super) fn broken(reference: &str) -> Step {
    inline(reference, "throw new Error('no luck')")
}

pub(super) fn object(value: Json) -> Map<String, Json> {
    let Json::Object(map) = value else { panic!("{value} is no map") };
    map
}

pub(super) fn definition(tasks: Vec<Step>) -> Definition {
    Definition {
        name: "greet".to_owned(),
        version: 2,
        description: None,
        tasks,
        input_parameters: Vec::new(),
        input_template: Map::new(),
        output_parameters: Map::new(),
        variables: Map::new(),
        failure_workflow: None,
        failure_workflow_version: None,
        timeout: None,
        timeout_policy: TimeoutPolicy::AlertOnly,
        restartable: true,
        rate_limit: None,
    }
}

/// Its execution with the input `{amount: 5}`.
pub(super) fn begun(definition: &Definition) -> Play {
    Play::with(translate(definition, "conductor", "greet").unwrap())
}

pub(super) fn played(tasks: Vec<Step>) -> Play {
    begun(&definition(tasks)).played()
}

pub(super) fn with_outputs(tasks: Vec<Step>, outputs: Json) -> Definition {
    Definition { output_parameters: object(outputs), ..definition(tasks) }
}

pub(super) fn outputs(play: &Play) -> Json {
    Json::Object(play.execution.outputs.clone().unwrap_or_default())
}

/// The outputs of the newest run of a task.
pub(super) fn output(play: &Play, reference: &str) -> Json {
    let run = play.execution.task_runs.of_task(reference).next_back();
    Json::Object(run.unwrap_or_else(|| panic!("{reference} did not run: {play}")).outputs.clone())
}
