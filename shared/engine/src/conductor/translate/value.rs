//! JSON with `${…}` in it.

use expression::{ParseError, Template};
use serde_json::Value as Json;

use crate::flow::Rendered;

/// Every text that is one expression keeps the type of its value. Keys are what they are.
pub(super) fn rendered(value: &Json) -> Result<Rendered, ParseError> {
    if !has_expression(value) {
        return Ok(Rendered::Literal(value.clone()));
    }
    Ok(match value {
        Json::String(text) => Rendered::Typed(Template::conductor(text)?),
        Json::Array(items) => Rendered::List(items.iter().map(rendered).collect::<Result<_, _>>()?),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| Ok((Template::plain(key), rendered(value)?)));
            Rendered::Map(entries.collect::<Result<_, ParseError>>()?)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => Rendered::Literal(value.clone()),
    })
}

fn has_expression(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains("${"),
        Json::Array(items) => items.iter().any(has_expression),
        Json::Object(map) => map.values().any(has_expression),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}
