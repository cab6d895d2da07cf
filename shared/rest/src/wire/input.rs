//! What would become of the inputs of a call. Kestra: the answer of `/executions/{namespace}/{id}/validate`.

use engine::{flow::Flow, input::Resolution};
use serde::Serialize;
use serde_json::Value as Json;

#[derive(Serialize)]
pub(crate) struct CheckJson<'a> {
    id: &'a str,
    namespace: &'a str,
    inputs: Vec<CheckedJson<'a>>,
}

#[derive(Serialize)]
struct CheckedJson<'a> {
    /// The definition, as the flow has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Json>,
    enabled: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ProblemJson<'a>>,
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    message: &'a str,
}

impl<'a> CheckJson<'a> {
    pub(crate) fn of_flow(flow: &'a Flow, resolution: &'a Resolution<'a>) -> Self {
        Self::of(flow, flow.document.get("inputs"), resolution)
    }

    /// Of what a pause asks for.
    pub(crate) fn of_pause(flow: &'a Flow, task_id: Option<&str>, resolution: &'a Resolution<'a>) -> Self {
        let task = task_id.and_then(|id| flow.document.values().find_map(|it| task(it, id)));
        Self::of(flow, task.and_then(|it| it.get("onResume")), resolution)
    }

    fn of(flow: &'a Flow, definitions: Option<&'a Json>, resolution: &'a Resolution<'a>) -> Self {
        let definitions = definitions.and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let definition = |id: &str| {
            // `name` is the deprecated synonym.
            let is_it =
                |it: &&Json| it.get("id").or_else(|| it.get("name")).and_then(Json::as_str) == Some(id);
            definitions.iter().find(is_it)
        };
        let inputs = resolution.inputs.iter().map(|it| CheckedJson {
            input: definition(&it.input.id),
            value: it.value.as_ref(),
            enabled: it.enabled,
            errors: it.problems.iter().map(|message| ProblemJson { message }).collect(),
        });
        Self { id: &flow.id, namespace: &flow.namespace, inputs: inputs.collect() }
    }
}

/// The task of that id in a document: what has it, and asks for something when it is resumed.
fn task<'a>(value: &'a Json, id: &str) -> Option<&'a Json> {
    match value {
        Json::Array(items) => items.iter().find_map(|it| task(it, id)),
        Json::Object(map) => {
            let is_it = map.get("id").and_then(Json::as_str) == Some(id) && map.contains_key("onResume");
            if is_it { Some(value) } else { map.values().find_map(|it| task(it, id)) }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}
