//! What a `DYNAMIC` task becomes.

use serde_json::{Map, Value as Json, json};

use super::{branches::told, literal::literal};
use crate::{
    conductor::{Step, StepKind, reading, translate},
    flow::Task,
};

/// Types that are made of other tasks, or that gather what others did: their tasks would have to come with them.
const STRUCTURAL: [&str; 8] =
    ["SWITCH", "DECISION", "FORK_JOIN", "FORK_JOIN_DYNAMIC", "JOIN", "EXCLUSIVE_JOIN", "DO_WHILE", "DYNAMIC"];
/// Inputs that say which workflow a `SUB_WORKFLOW` starts.
const SUB_WORKFLOW_NAME: &str = "subWorkflowName";
const SUB_WORKFLOW_VERSION: &str = "subWorkflowVersion";
const SUB_WORKFLOW_DEFINITION: &str = "subWorkflowDefinition";
/// The input of that workflow; all inputs of the task unless it is given.
const WORKFLOW_INPUT: &str = "workflowInput";

/// The task that an input of the run names: one of the system by its type, or a worker's.
///
/// # Errors
/// No name, or one of a type that cannot stand here.
pub(crate) fn named(
    step: &Step,
    name_from: &str,
    input: &Map<String, Json>,
    namespace: &str,
    depth: usize,
) -> Result<Task, String> {
    let name = match input.get(name_from) {
        Some(Json::String(name)) if !name.trim().is_empty() => name.trim(),
        Some(Json::Null) | None => return Err(format!("`{name_from}` has to name a task, and is nothing")),
        Some(other) => return Err(format!("`{name_from}` has to name a task, and is {other}")),
    };
    if STRUCTURAL.contains(&name) {
        return Err(format!(
            "`{name_from}` names {name}, which is made of other tasks: it has to be written"
        ));
    }
    let mut own = step.input.clone();
    let mut written = json!({"name": name, "taskReferenceName": step.reference, "type": name});
    if name == "SUB_WORKFLOW" {
        let of = |key: &str| input.get(key).filter(|it| !it.is_null()).map(literal);
        written["subWorkflowParam"] = json!({
            "name": of(SUB_WORKFLOW_NAME),
            "version": of(SUB_WORKFLOW_VERSION).map(version),
            "workflowDefinition": of(SUB_WORKFLOW_DEFINITION),
        });
        if let Some(Json::Object(input)) = of(WORKFLOW_INPUT) {
            own = input;
        }
    } else if let Some(sink) = input.get("sink").filter(|_| name == "EVENT") {
        written["sink"] = literal(sink);
    }
    written["inputParameters"] = Json::Object(own);
    let steps = reading::tasks_of_json(&Json::Array(vec![written]), name_from, depth)
        .map_err(|invalid| told(invalid.problems.into_iter().map(|it| it.message)))?;
    let Some(becomes) = steps.into_iter().next() else {
        return Err(format!("`{name_from}` names no task"));
    };
    let kind = match becomes.kind {
        // A type that nobody knows is a worker's, of that name.
        StepKind::Worker { .. } => StepKind::Worker { task_type: name.to_owned() },
        kind => kind,
    };
    let whole = Step { name: name.to_owned(), kind, input: becomes.input, ..step.clone() };
    let mut tasks = translate::branches(&[vec![whole]], namespace, depth).map_err(|it| told(it.0))?;
    tasks.pop().and_then(|mut branch| branch.pop()).ok_or_else(|| format!("`{name_from}` names no task"))
}

/// The task as it is before anybody knows what it becomes.
pub(crate) fn unnamed(step: &Step, namespace: &str, depth: usize) -> Option<Task> {
    translate::branches(&[vec![step.clone()]], namespace, depth).ok()?.pop()?.pop()
}

fn version(given: Json) -> Json {
    match given.as_str().map(|text| text.trim().parse::<u32>()) {
        Some(Ok(version)) => version.into(),
        Some(Err(_)) | None => given,
    }
}
