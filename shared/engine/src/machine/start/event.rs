//! What an `EVENT` tells.

use serde_json::{Map, Value as Json, json};

use super::Site;
use crate::flow::label;

/// Where it went.
const PRODUCED: &str = "event_produced";
/// The sink that is a queue of the server itself.
const INTERNAL: &str = "conductor";

/// The input of the task, whose workflow it is of, and where it goes. Conductor: the message, and the output.
pub(super) fn message(input: &Map<String, Json>, sink: &str, site: &Site<'_>) -> Map<String, Json> {
    let (flow, execution) = (site.flow, site.execution);
    let workflow = flow.workflow.as_ref();
    let name = workflow.map_or(&flow.id, |it| &it.name);
    let correlation = execution.labels.iter().find(|it| it.key == label::CORRELATION_ID);
    // Conductor: a queue of the workflow, by its own name or by that of the task.
    let produced = match sink.strip_prefix(INTERNAL) {
        Some("") => format!("{INTERNAL}:{name}:{}", site.task.id),
        Some(queue) if queue.starts_with(':') => format!("{INTERNAL}:{name}{queue}"),
        Some(_) | None => sink.to_owned(),
    };
    let more = json!({
        "workflowInstanceId": execution.id.to_string(),
        "workflowType": name,
        "workflowVersion": workflow.map_or(flow.revision, |it| it.version),
        "correlationId": correlation.map(|it| &it.value),
        "taskToDomain": execution.origin.task_to_domain,
        PRODUCED: produced,
    });
    let Json::Object(more) = more else { unreachable!("written as a map") };
    input.iter().map(|(name, value)| (name.clone(), value.clone())).chain(more).collect()
}
