//! From something sent to a value of a kind.

use serde_json::Value as Json;

use super::{Kind, choice, collection, file, limits, number, raw::Raw, text, time};

/// Reads a value of a kind and holds it against the rules of the kind. A value that is of the type already is taken as
/// it is; a text is parsed.
///
/// `choices` are what may be chosen; `None` when anything may.
///
/// # Errors
/// The middle of the message: ``it must be more than `10` ``.
pub(super) fn read(kind: &Kind, raw: Raw<'_>, choices: Option<&[String]>) -> Result<Json, String> {
    match raw {
        Raw::Text(text) | Raw::File(text) => limits::check_text(text)?,
        Raw::Json(json) => limits::check(json)?,
    }
    read_within(kind, raw, choices)
}

/// The same for what is part of something that was measured as a whole.
pub(super) fn read_within(kind: &Kind, raw: Raw<'_>, choices: Option<&[String]>) -> Result<Json, String> {
    match (kind, raw) {
        (Kind::File { .. }, _) => file::file(raw),
        (_, Raw::File(_)) => Err(file::not_here(kind)),
        (Kind::String { validator }, _) => text::string(raw, validator.as_ref()),
        (Kind::Secret { validator }, _) => text::secret(raw, validator.as_ref()),
        (Kind::Uri, _) => text::uri(raw),
        (Kind::Email, _) => text::email(raw),
        (Kind::Int { min, max }, _) => number::int(raw, *min, *max),
        (Kind::Float { min, max }, _) => number::float(raw, *min, *max),
        (Kind::DateTime { after, before }, _) => time::date_time(raw, *after, *before),
        (Kind::Date { after, before }, _) => time::date(raw, *after, *before),
        (Kind::Time { after, before }, _) => time::time(raw, *after, *before),
        (Kind::Duration { min, max }, _) => time::duration(raw, *min, *max),
        (Kind::Boolean, _) => Ok(choice::boolean(raw)),
        (Kind::Bool, _) => choice::bool(raw),
        (Kind::Enum { .. } | Kind::Select { .. }, _) => choice::one(kind.type_name(), raw, choices),
        (Kind::MultiSelect { item, .. }, _) => choice::many(item, raw, choices),
        (Kind::Json, _) => collection::json(raw),
        (Kind::Yaml, _) => collection::yaml(raw),
        (Kind::Array { item }, _) => collection::list(kind.type_name(), item, raw).map(Json::Array),
    }
}
