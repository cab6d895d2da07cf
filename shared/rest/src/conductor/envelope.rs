//! The two bodies of a start: the bare input, and Conductor's `StartWorkflowRequest` around it.

use std::collections::BTreeMap;

use engine::execution::Origin;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use service::conductor::WorkflowStart;

use super::{
    error::Refusal,
    knobs::{given, on_conflict},
};
use crate::error::Error;

/// Entries of `taskToDomain`.
const DOMAINS_MAX: usize = 1_000;

/// Keys of which one makes a body an envelope, where both are taken.
const KEYS: [&str; 11] = [
    "name",
    "version",
    "input",
    "correlationId",
    "workflowDef",
    "taskToDomain",
    "priority",
    "idempotencyKey",
    "idempotencyStrategy",
    "externalInputPayloadStoragePath",
    "createdBy",
];

/// Conductor: `StartWorkflowRequest`. Other keys are not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    name: Option<String>,
    version: Option<i64>,
    input: Option<Map<String, Json>>,
    correlation_id: Option<String>,
    workflow_def: Option<Map<String, Json>>,
    task_to_domain: Option<BTreeMap<String, String>>,
    priority: Option<i64>,
    idempotency_key: Option<String>,
    idempotency_strategy: Option<String>,
    external_input_payload_storage_path: Option<String>,
    created_by: Option<String>,
}

/// A bare input.
///
/// # Errors
/// What is no JSON object; nothing at all.
pub(crate) fn input(bytes: &[u8]) -> Result<Map<String, Json>, Error> {
    if bytes.iter().all(u8::is_ascii_whitespace) || bytes == b"null" {
        return Err(Refusal::bad_request("NULL input passed when starting workflow"));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Refusal::bad_request(format!("the input has to be a JSON object: {error}")))
}

/// An envelope.
///
/// # Errors
/// What is none, and what is wrong in it.
pub(crate) fn envelope(bytes: &[u8]) -> Result<WorkflowStart, Error> {
    opened(Json::Object(input(bytes)?))
}

/// An envelope, or else the input of a workflow that is named elsewhere.
///
/// # Errors
/// As [`envelope`].
pub(crate) fn either(bytes: &[u8]) -> Result<WorkflowStart, Error> {
    let body = input(bytes)?;
    if KEYS.iter().any(|key| body.contains_key(*key)) {
        return opened(Json::Object(body));
    }
    Ok(WorkflowStart { input: body, ..WorkflowStart::default() })
}

fn opened(body: Json) -> Result<WorkflowStart, Error> {
    let envelope: Envelope = serde_json::from_value(body).map_err(|error| {
        Refusal::bad_request(format!("the body is no StartWorkflowRequest that can be read: {error}"))
    })?;
    if text(envelope.external_input_payload_storage_path).is_some() {
        return Err(Error::NotBuilt("an input in an external storage"));
    }
    let task_to_domain = envelope.task_to_domain.unwrap_or_default();
    if task_to_domain.len() > DOMAINS_MAX {
        return Err(Refusal::bad_request(format!("taskToDomain has at most {DOMAINS_MAX} entries")));
    }
    let strategy = text(envelope.idempotency_strategy);
    Ok(WorkflowStart {
        name: envelope.name.unwrap_or_default(),
        definition: envelope.workflow_def.filter(|it| !it.is_empty()),
        version: envelope.version,
        input: envelope.input.unwrap_or_default(),
        correlation_id: text(envelope.correlation_id),
        origin: Origin {
            idempotency_key: text(envelope.idempotency_key),
            priority: priority(envelope.priority)?,
            created_by: text(envelope.created_by),
            task_to_domain,
            ..Origin::default()
        },
        on_conflict: on_conflict("idempotencyStrategy", strategy.as_deref())?,
        until: None,
    })
}

/// # Errors
/// One that there is not.
pub(crate) fn priority(given: Option<i64>) -> Result<u32, Error> {
    let given = given.unwrap_or_default();
    u32::try_from(given).ok().filter(|it| *it <= Origin::PRIORITY_MAX).ok_or_else(|| {
        Refusal::bad_request(format!("priority has to be from 0 to {}, but is {given}", Origin::PRIORITY_MAX))
    })
}

fn text(text: Option<String>) -> Option<String> {
    text.filter(|it| given(it).is_some())
}
