//! BOOLEAN, BOOL, ENUM, SELECT and MULTISELECT: one or some of what is offered.

use std::borrow::Cow;

use expression::{Environment, Error};
use serde_json::Value as Json;

use super::{Choices, Kind, collection, limits, raw::Raw, refuse::not_a, text};

/// `true` in any case is true, anything else false; never an error.
pub(super) fn boolean(raw: Raw<'_>) -> Json {
    Json::Bool(raw.plain().eq_ignore_ascii_case("true"))
}

/// `true` and `false` in any case: Python writes `True`.
pub(super) fn bool(raw: Raw<'_>) -> Result<Json, String> {
    let text = raw.plain();
    if text.eq_ignore_ascii_case("true") {
        Ok(Json::Bool(true))
    } else if text.eq_ignore_ascii_case("false") {
        Ok(Json::Bool(false))
    } else {
        Err(not_a("BOOL", raw, "it must be true or false"))
    }
}

pub(super) fn one(type_name: &str, raw: Raw<'_>, choices: Option<&[String]>) -> Result<Json, String> {
    let text = text::scalar(type_name, raw)?;
    check(&text, choices)?;
    Ok(Json::String(text))
}

pub(super) fn many(item: &Kind, raw: Raw<'_>, choices: Option<&[String]>) -> Result<Json, String> {
    let chosen = collection::list("MULTISELECT", item, raw)?;
    for one in &chosen {
        match one {
            Json::String(text) => check(text, choices)?,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                check(&one.to_string(), choices)?;
            }
        }
    }
    Ok(Json::Array(chosen))
}

fn check(text: &str, choices: Option<&[String]>) -> Result<(), String> {
    match choices {
        Some(choices) if !choices.iter().any(|it| it == text) => {
            Err(format!("it must match the values `[{}]`", limits::shown(choices.join(", "))))
        }
        Some(_) | None => Ok(()),
    }
}

/// What a kind offers.
#[derive(Debug)]
pub(super) struct Offered<'f> {
    pub(super) values: Cow<'f, [String]>,
    /// Whether nothing else may be chosen. Kestra: a SELECT that is optional is not held to its values.
    pub(super) is_binding: bool,
}

/// Why it is not known what a kind offers.
#[derive(Debug)]
pub(super) enum NotOffered {
    Needs(Vec<expression::Need>),
    /// The middle of the message.
    Refused(String),
}

/// What a kind offers, its expression rendered; `None` when there is nothing to choose.
pub(super) fn offered<'f>(
    kind: &'f Kind,
    required: bool,
    environment: &Environment<'_>,
) -> Result<Option<Offered<'f>>, NotOffered> {
    let (choices, is_binding) = match kind {
        Kind::Enum { values } => {
            return Ok(Some(Offered { values: Cow::Borrowed(values), is_binding: true }));
        }
        Kind::Select { choices, allow_custom_value, .. } => (choices, required && !allow_custom_value),
        Kind::MultiSelect { choices, allow_custom_value, .. } => (choices, !allow_custom_value),
        Kind::String { .. }
        | Kind::Secret { .. }
        | Kind::Int { .. }
        | Kind::Float { .. }
        | Kind::Boolean
        | Kind::Bool
        | Kind::DateTime { .. }
        | Kind::Date { .. }
        | Kind::Time { .. }
        | Kind::Duration { .. }
        | Kind::File { .. }
        | Kind::Json
        | Kind::Yaml
        | Kind::Uri
        | Kind::Email
        | Kind::Array { .. } => return Ok(None),
    };
    let values = match choices {
        Choices::Values(values) => Cow::Borrowed(values.as_slice()),
        Choices::Expression(template) => match template.evaluate(environment) {
            Ok(result) => Cow::Owned(texts(&result).map_err(NotOffered::Refused)?),
            Err(Error::Needs(needs)) => return Err(NotOffered::Needs(needs)),
            Err(Error::Failed(failure)) => {
                return Err(NotOffered::Refused(format!("Cannot render 'expression'. Cause: {failure}")));
            }
        },
    };
    Ok(Some(Offered { values, is_binding }))
}

/// The texts of a list. Numbers and booleans are taken as their text, and nulls are left out, as Kestra does.
fn texts(result: &Json) -> Result<Vec<String>, String> {
    let Json::Array(items) = result else {
        return Err(not_texts(class_name(result)));
    };
    items
        .iter()
        .filter(|item| !item.is_null())
        .map(|item| match Raw::of_json(item).and_then(Raw::scalar) {
            Some(text) => Ok(text.into_owned()),
            None => Err(not_texts(&format!("a list with a {} in it", class_name(item)))),
        })
        .collect()
}

fn not_texts(what: &str) -> String {
    format!("Invalid expression result. Expected a list of strings, but received {what}")
}

/// The simple name of the Java class that the value would have.
fn class_name(json: &Json) -> &'static str {
    match json {
        Json::Null => "<null>",
        Json::Bool(_) => "Boolean",
        Json::Number(number) if number.is_f64() => "Double",
        Json::Number(_) => "Integer",
        Json::String(_) => "String",
        Json::Array(_) => "List",
        Json::Object(_) => "Map",
    }
}
