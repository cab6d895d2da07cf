//! Which execution a task means: by id, or the one it runs in.

use engine::flow::{PropertyType, Shape};
use ports::run::Attempt;

use crate::properties::{Properties, property};

/// The properties by which it is named.
pub(crate) const PROPERTIES: [PropertyType; 3] = [
    property("executionId", Shape::String),
    property("namespace", Shape::String),
    property("flowId", Shape::String),
];

/// The id it has. Kestra: namespace and flow are given both or not at all, and only with an id.
pub(crate) fn target(properties: &mut Properties<'_>, attempt: &Attempt) -> String {
    let id = properties.text("executionId");
    let (namespace, flow) = (properties.has("namespace"), properties.has("flowId"));
    match id {
        None if namespace || flow => {
            properties
                .problem("`namespace` and `flowId` should only be set when `executionId` is set.".to_owned());
        }
        Some(_) if namespace != flow => {
            properties
                .problem("Both `namespace` and `flowId` must be set when `executionId` is set.".to_owned());
        }
        Some(_) | None => {}
    }
    id.unwrap_or_else(|| attempt.execution.to_string())
}
