//! From what a caller sent to the values of an execution.

use std::collections::HashMap;

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json};

use super::Input;
use crate::{flow::Flow, problem::Invalid, time::Timestamp};

/// What a caller sent for one input.
#[derive(Debug, Clone, PartialEq)]
pub enum Sent {
    /// A field of a form, or an option of the command line.
    Text(String),
    /// A member of a JSON body.
    Json(Json),
    /// A file that is already stored: its `kestra://` URI.
    File { uri: String },
}

/// Everything a caller sent, by input id. What no input declares is ignored.
pub type Submitted = HashMap<String, Sent>;

/// What became of every declared input, in order of declaration.
#[derive(Debug, Clone)]
pub struct Resolution<'f> {
    pub inputs: Vec<Resolved<'f>>,
}

/// What became of one input.
#[derive(Debug, Clone)]
pub struct Resolved<'f> {
    pub input: &'f Input,
    /// Whether its `dependsOn` lets it take part.
    pub enabled: bool,
    /// `None` when it is disabled or has problems; JSON null when it is optional and nothing was sent.
    pub value: Option<Json>,
    /// Kestra's texts: ``Invalid input for `x`, missing required input, but received `null` ``.
    pub problems: Vec<String>,
}

impl Resolution<'_> {
    /// The values that there are, problems passed over: the inputs of an execution that no caller starts.
    pub fn defaults(&self) -> Map<String, Json> {
        unimplemented!()
    }

    /// The `inputs` of an execution, dotted ids nested; all problems at once (`path` is the input's id) when there are any.
    pub fn values(&self) -> Result<Map<String, Json>, Invalid> {
        unimplemented!()
    }
}

/// Resolves the inputs of a flow: dependencies first, defaults where nothing was sent, each by the rules of its type.
///
/// # Errors
/// The needs of conditions that ask the outside; call again with them supplied.
pub fn resolve<'f>(
    flow: &'f Flow,
    submitted: &Submitted,
    supplied: &Supplied,
    now: Timestamp,
) -> Result<Resolution<'f>, Vec<Need>> {
    let _ = (flow, submitted, supplied, now);
    unimplemented!()
}
