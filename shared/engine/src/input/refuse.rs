//! The words of a refusal. Kestra's, because clients match on them.

use super::{Kind, raw::Raw};

/// What the value is one of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    Input,
    Output,
}

/// The whole message: ``Invalid input for `int`, it must be more than `10`, but received `9` ``.
pub(super) fn message(of: Of, id: &str, fragment: &str, received: &str) -> String {
    let of = match of {
        Of::Input => "input",
        Of::Output => "output",
    };
    format!("Invalid {of} for `{id}`, {fragment}, but received `{received}`")
}

/// What the message says was received: never a secret.
pub(super) fn received(kind: &Kind, raw: Option<Raw<'_>>) -> String {
    match raw {
        None => "null".to_owned(),
        Some(_) if is_secret(kind) => "******".to_owned(),
        Some(raw) => raw.shown(),
    }
}

/// Whether values of the kind are kept encrypted.
pub(crate) fn is_secret(kind: &Kind) -> bool {
    match kind {
        Kind::Secret { .. } => true,
        Kind::Array { item } | Kind::MultiSelect { item, .. } => is_secret(item),
        Kind::String { .. }
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
        | Kind::Enum { .. }
        | Kind::Select { .. } => false,
    }
}

/// A text that is not of the type. Kestra wraps the parser's own words, and names the Java class of the wrapping.
pub(super) fn not_a(type_name: &str, raw: Raw<'_>, cause: &str) -> String {
    not_shown(type_name, &raw.shown(), cause)
}

/// As [`not_a`], with what the message says was received.
pub(super) fn not_shown(type_name: &str, received: &str, cause: &str) -> String {
    format!(
        "java.lang.Exception: Expected `{type_name}` but received `{received}` with errors:\n```\n{cause}\n```"
    )
}

/// A text that is no number.
pub(super) fn not_a_number(raw: Raw<'_>) -> String {
    format!("For input string: \"{}\"", raw.shown())
}
