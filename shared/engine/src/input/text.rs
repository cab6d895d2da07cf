//! STRING, SECRET, URI and EMAIL.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::{Validator, raw::Raw, refuse::not_a};

/// Secrets are stored encrypted or not at all, and there is no key to encrypt them with.
pub(super) const NO_ENCRYPTION: &str =
    "Unable to use a `SECRET` input/output as encryption is not configured";

/// Kestra's pattern: a scheme, a host with a dot in it, and what follows.
static URI: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\A[a-z]+://(?:www\.)?[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-zA-Z0-9()]{1,6}(?-u:\b)[-a-zA-Z0-9()@:%_+.~#?&/=]*\z",
    )
    .expect("a constant that the tests compile")
});

/// Kestra's pattern. The empty text is an e-mail address by it.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\A(?:[a-zA-Z0-9_!#$%&’*+/=?`{|}~^.-]+@[a-zA-Z0-9.-]+)?\z")
        .expect("a constant that the tests compile")
});

/// Takes the text of a number or boolean as well: YAML and JSON make them of texts that have no quotes.
pub(super) fn string(raw: Raw<'_>, validator: Option<&Validator>) -> Result<Json, String> {
    matching(scalar("STRING", raw)?, validator)
}

/// As [`string`], but what was sent is in no message.
pub(super) fn secret(raw: Raw<'_>, validator: Option<&Validator>) -> Result<Json, String> {
    match raw.scalar() {
        Some(text) => matching(text.into_owned(), validator),
        None => Err("it must be a text, not a list or a map".to_owned()),
    }
}

fn matching(text: String, validator: Option<&Validator>) -> Result<Json, String> {
    match validator {
        Some(validator) if !validator.regex.is_match(&text) => {
            Err(format!("it must match the pattern `{}`", validator.pattern))
        }
        Some(_) | None => Ok(Json::String(text)),
    }
}

pub(super) fn uri(raw: Raw<'_>) -> Result<Json, String> {
    let text = scalar("URI", raw)?;
    if URI.is_match(&text) {
        Ok(Json::String(text))
    } else {
        Err(format!("Expected `URI` but received `{}`", raw.shown()))
    }
}

pub(super) fn email(raw: Raw<'_>) -> Result<Json, String> {
    let text = scalar("EMAIL", raw)?;
    if EMAIL.is_match(&text) {
        Ok(Json::String(text))
    } else {
        Err("The input must be a valid email".to_owned())
    }
}

/// The text of a scalar, for types whose values are texts.
pub(super) fn scalar(type_name: &str, raw: Raw<'_>) -> Result<String, String> {
    match raw.scalar() {
        Some(text) => Ok(text.into_owned()),
        None => Err(not_a(type_name, raw, "it must be a text, not a list or a map")),
    }
}
