//! What a workflow of Conductor's asks for when it starts another.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::child::CallError;
use crate::{
    execution::{Execution, Origin},
    flow::WorkflowRequest,
};

/// Bytes of an idempotency key, of a correlation id.
const TEXT_BYTES_MAX: usize = 512;
/// Entries of `taskToDomain`.
const DOMAINS_MAX: usize = 1_000;

/// A `StartWorkflowRequest` that a task sends.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CalledWorkflow {
    /// Empty only where a definition has one.
    pub name: String,
    /// The latest unless given.
    pub version: Option<u32>,
    pub definition: Option<CalledDefinition>,
    pub idempotency_key: Option<String>,
    /// As it is written; `FAIL` unless given.
    pub idempotency_strategy: Option<String>,
    pub correlation_id: Option<String>,
    pub priority: u32,
    pub task_to_domain: BTreeMap<String, String>,
}

/// A definition that runs without being registered.
#[derive(Debug, Clone, PartialEq)]
pub struct CalledDefinition {
    pub definition: Map<String, Json>,
    /// Whether an expression gave it: what comes in from outside may name no secret.
    pub is_data: bool,
}

/// Reads a request that was rendered, and its `input`. What a `SUB_WORKFLOW` leaves out is as its parent has it.
pub(super) fn read(
    request: &WorkflowRequest,
    rendered: Json,
    parent: &Execution,
    waits: bool,
) -> Result<(CalledWorkflow, Map<String, Json>), CallError> {
    let Json::Object(mut given) = rendered else {
        return Err(failed(format!("the request to start a workflow has to be a map, and is {rendered}")));
    };
    let defined = given.shift_remove("workflowDef");
    let mut take = |name: &str| given.shift_remove(name).filter(|it| !is_none(it));
    let input = match take("input") {
        None => Map::new(),
        Some(Json::Object(input)) => input,
        Some(other) => return Err(failed(format!("`input` has to be a map, and is {other}"))),
    };
    let definition = match (&request.definition, defined) {
        (Some(definition), _) => Some(CalledDefinition { definition: definition.clone(), is_data: false }),
        (None, None) => None,
        // Who writes all that a request may have leaves out what is null.
        (None, Some(none)) if !waits && is_none(&none) => None,
        (None, Some(given)) => Some(CalledDefinition { definition: data(given)?, is_data: true }),
    };
    let origin = &parent.origin;
    let idempotency_strategy =
        take("idempotencyStrategy").map(|it| text("idempotencyStrategy", &it)).transpose()?;
    let key = take("idempotencyKey").map(|it| text("idempotencyKey", &it)).transpose()?;
    let inherited =
        (waits && idempotency_strategy.is_some()).then(|| origin.idempotency_key.clone()).flatten();
    let domains = take("taskToDomain").map(|it| domains(&it)).transpose()?.filter(|it| !it.is_empty());
    let priority = take("priority").map(|it| whole("priority", &it)).transpose()?;
    if let Some(priority) = priority.filter(|it| *it > Origin::PRIORITY_MAX) {
        return Err(failed(format!(
            "`priority` has to be from 0 to {}, and is {priority}",
            Origin::PRIORITY_MAX
        )));
    }
    let called = CalledWorkflow {
        name: take("name").map(|it| text("name", &it)).transpose()?.unwrap_or_default(),
        version: take("version").map(|it| whole("version", &it)).transpose()?.filter(|it| *it > 0),
        definition,
        idempotency_key: key.or(inherited),
        idempotency_strategy,
        correlation_id: take("correlationId").map(|it| text("correlationId", &it)).transpose()?,
        priority: priority.unwrap_or(if waits { origin.priority } else { 0 }),
        task_to_domain: match domains {
            Some(domains) => domains,
            None if waits => origin.task_to_domain.clone(),
            None => BTreeMap::new(),
        },
    };
    if called.name.is_empty() && called.definition.is_none() {
        return Err(failed("the name of the workflow to start is empty".to_owned()));
    }
    Ok((called, input))
}

/// Clients write what they do not say as nothing at all.
fn is_none(value: &Json) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn data(given: Json) -> Result<Map<String, Json>, CallError> {
    let given = match given {
        Json::String(text) => serde_json::from_str(&text).unwrap_or(Json::String(text)),
        other => other,
    };
    match given {
        Json::Object(definition) => Ok(definition),
        other => {
            let shown: String = other.to_string().chars().take(100).collect();
            Err(failed(format!(
                "`workflowDefinition` has to give a definition, which is a map, and gave {shown}"
            )))
        }
    }
}

fn text(name: &str, value: &Json) -> Result<String, CallError> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        other => return Err(failed(format!("`{name}` has to be a text, and is {other}"))),
    };
    if text.len() > TEXT_BYTES_MAX {
        return Err(failed(format!("`{name}` has at most {TEXT_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// A number, or a text with one in it.
fn whole(name: &str, value: &Json) -> Result<u32, CallError> {
    let number = match value {
        Json::Number(number) => number.as_u64().and_then(|it| u32::try_from(it).ok()),
        Json::String(text) => text.trim().parse().ok(),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    };
    number.ok_or_else(|| failed(format!("`{name}` has to be a whole number, and is {value}")))
}

fn domains(value: &Json) -> Result<BTreeMap<String, String>, CallError> {
    let wrong =
        || failed(format!("`taskToDomain` has to be a map of texts with {DOMAINS_MAX} entries at most"));
    let given = value.as_object().filter(|it| it.len() <= DOMAINS_MAX).ok_or_else(wrong)?;
    given.iter().map(|(task, it)| Ok((task.clone(), it.as_str().ok_or_else(wrong)?.to_owned()))).collect()
}

fn failed(message: String) -> CallError {
    CallError::Failed(message)
}
