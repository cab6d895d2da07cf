//! From what an expression gave to the value of a flow output.

use serde_json::Value as Json;

use super::{
    raw::Raw,
    read::read,
    refuse::{self, Of},
    text::NO_ENCRYPTION,
};
use crate::{flow::Output, secrets::Seal};

/// Gives a flow output its type, by the rules of an input of that type: what is of the type already is taken as it is,
/// a text is parsed. A secret is encrypted.
///
/// Null stays null, whatever the type: an output that tells of a task that did not run is no reason to fail.
/// Values that may be chosen are not looked at: outputs declare none.
///
/// # Errors
/// ``Invalid output for `<id>`, …, but received `<value>` ``.
pub fn type_output(output: &Output, value: &Json, seal: Seal<'_>) -> Result<Json, String> {
    let Some(raw) = Raw::of_json(value) else {
        return Ok(Json::Null);
    };
    let read = if seal.key.is_none() && refuse::is_secret(&output.kind) {
        Err(NO_ENCRYPTION.to_owned())
    } else {
        read(&output.kind, raw, None)
    };
    read.map(|value| seal.value(&output.kind, value)).map_err(|fragment| {
        let received = refuse::received(&output.kind, Some(raw));
        refuse::message(Of::Output, &output.id, &fragment, &received)
    })
}
