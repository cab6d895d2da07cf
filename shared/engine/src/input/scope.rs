//! What the expressions of an input see: `flow`, and of `inputs` what the input depends on.

use std::borrow::Cow;

use expression::{Value, Variables};
use serde_json::{Value as Json, json};

use super::nest::Nested;
use crate::flow::Flow;

/// `flow` of expressions that are rendered before there is an execution.
pub(super) fn flow_variable(flow: &Flow) -> Json {
    json!({ "id": flow.id, "namespace": flow.namespace, "revision": flow.revision })
}

/// The variables.
#[derive(Debug)]
pub(super) struct Scope<'c> {
    pub(super) flow: &'c Json,
    pub(super) inputs: &'c Nested<'c>,
}

impl Variables for Scope<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        match name {
            "flow" => Some(Value::from(self.flow)),
            "inputs" => Some(self.inputs.to_value()),
            _ => None,
        }
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        vec![Cow::Borrowed("flow"), Cow::Borrowed("inputs")]
    }
}
