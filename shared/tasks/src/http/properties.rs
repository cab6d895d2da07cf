//! What flows may say of a request, whichever task sends it.

use engine::flow::{PropertyType, Shape};

use super::options::{OPTIONS, SSL};
use crate::properties::{joined, property, required};

pub(super) const PROPERTIES: [PropertyType; 10] = [
    required("uri", Shape::String),
    property("method", Shape::String),
    property("body", Shape::Any),
    property("formData", Shape::Any),
    property("contentType", Shape::String),
    property("headers", Shape::StringMapOrString),
    property("params", Shape::Any),
    property("options", OPTIONS),
    property("sslOptions", SSL),
    property("allowFailed", Shape::Boolean),
];

/// These, and a task's own.
pub(super) const fn with<const OWN: usize, const ALL: usize>(
    own: [PropertyType; OWN],
) -> [PropertyType; ALL] {
    joined(&[&PROPERTIES, &own])
}
