//! The three ways to say which tasks a dynamic fork runs, made one.

use serde_json::{Map, Value as Json, json};

use super::{BRANCHES_MAX, FORKED_TASK_DEFINITIONS, FORKED_TASK_INPUTS, FORKED_TASKS};
use crate::conductor::{DynamicFork, ForkedSame};

/// The name of an input that says which of the inputs it is, from 0.
const INDEX: &str = "__index";
/// The input of a branch whose own is no map.
const INPUT: &str = "input";
/// A list: a branch for each of them.
pub(crate) const FORK_TASK_INPUTS: &str = "forkTaskInputs";
/// Where the list of the old form may stand within its input.
const LEGACY_LIST: &str = "dynamicTasks";

/// A list of tasks, and their inputs by reference.
#[derive(Default)]
struct Forked {
    tasks: Vec<Json>,
    inputs: Map<String, Json>,
}

/// The input that the run of a fork keeps: what it was given, with the tasks in one form whatever they were given in.
///
/// # Errors
/// What of the input is not as it has to be.
pub(crate) fn forked(
    form: &DynamicFork,
    (reference, optional): (&str, bool),
    mut input: Map<String, Json>,
) -> Result<Map<String, Json>, String> {
    let forked = match form {
        DynamicFork::Tasks { tasks_from, inputs_from } => {
            let tasks = list(tasks_from, input.shift_remove(tasks_from))?;
            let inputs = inputs(inputs_from, input.shift_remove(inputs_from))?;
            Forked { tasks, inputs }
        }
        DynamicFork::Same(same) => of_same(*same, (reference, optional), &mut input)?,
        DynamicFork::Legacy { tasks_from } => of_legacy(tasks_from, input.shift_remove(tasks_from))?,
    };
    if forked.tasks.len() > BRANCHES_MAX {
        let count = forked.tasks.len();
        return Err(format!("a dynamic fork has {BRANCHES_MAX} branches at most, and {count} are given"));
    }
    let references = forked.tasks.iter().filter_map(|it| it.get("taskReferenceName").cloned());
    input.insert(FORKED_TASKS.to_owned(), references.collect());
    input.insert(FORKED_TASK_DEFINITIONS.to_owned(), Json::Array(forked.tasks));
    input.insert(FORKED_TASK_INPUTS.to_owned(), Json::Object(forked.inputs));
    Ok(input)
}

fn list(name: &str, value: Option<Json>) -> Result<Vec<Json>, String> {
    match value {
        Some(Json::Array(items)) => Ok(items),
        other => Err(format!("`{name}` has to be a list, and is {}", kind(other.as_ref()))),
    }
}

fn inputs(name: &str, value: Option<Json>) -> Result<Map<String, Json>, String> {
    let inputs = match value {
        Some(Json::Object(inputs)) => inputs,
        other => {
            let kind = kind(other.as_ref());
            return Err(format!("`{name}` has to be a map of inputs by task reference, and is {kind}"));
        }
    };
    let wrong = inputs.iter().find(|(_, it)| !it.is_object() && !it.is_null());
    match wrong {
        None => Ok(inputs),
        Some((of, input)) => Err(format!("`{name}.{of}` has to be a map, and is {}", kind(Some(input)))),
    }
}

fn of_same(
    same: ForkedSame,
    (reference, optional): (&str, bool),
    input: &mut Map<String, Json>,
) -> Result<Forked, String> {
    let task_type = text("forkTaskType", input)?;
    let name = text("forkTaskName", input)?;
    let workflow = text("forkTaskWorkflow", input)?;
    let version = input.get("forkTaskWorkflowVersion").cloned().filter(|it| !it.is_null());
    let each = list(FORK_TASK_INPUTS, input.shift_remove(FORK_TASK_INPUTS))?;
    let template = match same {
        ForkedSame::Task => {
            let Some(name) = name.as_ref().or(task_type.as_ref()) else {
                return Err("`forkTaskName` has to be a name, and is nothing".to_owned());
            };
            let task_type = task_type.as_deref().unwrap_or("SIMPLE");
            json!({"name": name, "type": task_type})
        }
        ForkedSame::Workflow => {
            let Some(workflow) = &workflow else {
                return Err("`forkTaskWorkflow` has to be the name of a workflow, and is nothing".to_owned());
            };
            let version = version.map(number);
            json!({
                "name": workflow,
                "type": "SUB_WORKFLOW",
                "subWorkflowParam": {"name": workflow, "version": version},
            })
        }
    };
    let name = match same {
        ForkedSame::Task => name.or(task_type),
        ForkedSame::Workflow => name.or(workflow),
    };
    let name = name.unwrap_or_else(|| reference.to_owned());
    let mut forked = Forked::default();
    for (index, given) in each.into_iter().enumerate() {
        let reference = format!("_{name}_{index}");
        let mut input = match given {
            Json::Object(map) => map,
            other => [(INPUT.to_owned(), other)].into_iter().collect(),
        };
        input.insert(INDEX.to_owned(), index.into());
        let mut task = template.clone();
        task["taskReferenceName"] = Json::from(&*reference);
        if optional {
            task["optional"] = Json::Bool(true);
        }
        forked.tasks.push(task);
        forked.inputs.insert(reference, Json::Object(input));
    }
    Ok(forked)
}

/// `{taskName, workflowName, referenceName, input, type}`, in a list, or in a list in a map.
fn of_legacy(tasks_from: &str, value: Option<Json>) -> Result<Forked, String> {
    let value = match value {
        Some(Json::Object(mut map)) => map.shift_remove(LEGACY_LIST),
        other => other,
    };
    let mut forked = Forked::default();
    for (index, item) in list(tasks_from, value)?.into_iter().enumerate() {
        let Json::Object(mut item) = item else {
            return Err(format!("`{tasks_from}[{index}]` has to be a map, and is {}", kind(Some(&item))));
        };
        let mut taken = |key| item.shift_remove(key).filter(|it| !it.is_null());
        let (reference, input) = (taken("referenceName"), taken("input"));
        let (name, workflow, task_type) = (taken("taskName"), taken("workflowName"), taken("type"));
        let Some(Json::String(reference)) = reference else {
            return Err(format!("`{tasks_from}[{index}].referenceName` has to be the reference of the task"));
        };
        let mut task = json!({"name": name, "taskReferenceName": reference, "type": task_type});
        if let Some(workflow) = workflow {
            task["type"] = Json::from("SUB_WORKFLOW");
            task["subWorkflowParam"] = json!({"name": workflow});
            if name.is_none() {
                task["name"] = workflow;
            }
        }
        match input {
            None => {}
            Some(Json::Object(input)) => {
                forked.inputs.insert(reference, Json::Object(input));
            }
            Some(other) => {
                let kind = kind(Some(&other));
                return Err(format!("`{tasks_from}[{index}].input` has to be a map, and is {kind}"));
            }
        }
        forked.tasks.push(task);
    }
    Ok(forked)
}

fn text(name: &str, input: &Map<String, Json>) -> Result<Option<String>, String> {
    match input.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("`{name}` has to be a text, and is {}", kind(Some(other)))),
    }
}

/// Conductor: the version of the forked workflow is a text of a number; one that is none means the latest.
fn number(version: Json) -> Json {
    match version {
        Json::String(text) => text.trim().parse::<u32>().map_or(Json::Null, Json::from),
        other => other,
    }
}

fn kind(value: Option<&Json>) -> &'static str {
    match value {
        None => "not there",
        Some(Json::Null) => "null",
        Some(Json::Bool(_)) => "a boolean",
        Some(Json::Number(_)) => "a number",
        Some(Json::String(_)) => "a text",
        Some(Json::Array(_)) => "a list",
        Some(Json::Object(_)) => "a map",
    }
}
