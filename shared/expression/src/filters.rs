//! What may stand after `|`, by name.

mod date;
mod decimal;
mod encode;
mod general;
mod jq;
mod layout;
mod list;
mod map;
mod number;
pub(crate) mod pattern;
mod text;
mod yaml;

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    Value,
    eval::Outcome,
    functions, hint,
    invocation::{Invocation, Parameters},
};

pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) parameters: Parameters,
    pub(crate) accepts: Accepts,
    pub(crate) apply: Apply,
}

type Apply = for<'e> fn(&Value<'e>, &mut Invocation<'_, 'e>) -> Outcome<'e>;

/// Which inputs reach a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// Null stays null without asking the filter.
    Present,
    Null,
    /// What is missing arrives as null.
    Missing,
}

const fn filter(name: &'static str, parameters: &'static [&'static str], apply: Apply) -> Filter {
    Filter { name, parameters: Parameters::Named(parameters), accepts: Accepts::Present, apply }
}

const fn of_null(name: &'static str, parameters: &'static [&'static str], apply: Apply) -> Filter {
    Filter { name, parameters: Parameters::Named(parameters), accepts: Accepts::Null, apply }
}

const fn of_missing(name: &'static str, parameters: &'static [&'static str], apply: Apply) -> Filter {
    Filter { name, parameters: Parameters::Named(parameters), accepts: Accepts::Missing, apply }
}

static FILTERS: [Filter; 54] = [
    filter("abbreviate", &["length"], text::abbreviate),
    filter("abs", &[], number::abs),
    filter("base64decode", &[], encode::base64_decode),
    filter("base64encode", &[], encode::base64_encode),
    filter("capitalize", &[], text::capitalize),
    filter("chunk", &["size"], list::chunk),
    filter("className", &[], general::class_name),
    filter("date", &["format", "timeZone", "existingFormat", "locale"], date::date),
    filter("dateAdd", &["amount", "unit", "format", "timeZone", "existingFormat", "locale"], date::date_add),
    of_missing("default", &["default"], general::default),
    of_null("endsWith", &["value"], text::ends_with),
    filter("escapeChar", &["type"], layout::escape_char),
    filter("first", &[], list::first),
    filter("flatten", &[], list::flatten),
    filter("indent", &["amount", "prefix"], layout::indent),
    filter("join", &["separator"], list::join),
    of_null("json", &[], encode::json),
    filter("jq", &["expression"], jq::jq),
    filter("keys", &[], map::keys),
    filter("last", &[], list::last),
    of_null("length", &[], general::length),
    filter("lower", &[], text::lower),
    filter("md5", &[], encode::md5),
    filter("merge", &["items"], map::merge),
    filter("nindent", &["amount", "prefix"], layout::nindent),
    filter("number", &["type"], number::number),
    filter("numberFormat", &["format"], number::number_format),
    filter("replace", &["replace_pairs", "regexp"], pattern::replace),
    filter("reverse", &[], list::reverse),
    filter("rsort", &[], list::rsort),
    filter("sha1", &[], encode::sha1),
    filter("sha256", &[], encode::sha256),
    filter("sha512", &[], encode::sha512),
    filter("slice", &["fromIndex", "toIndex"], list::slice),
    filter("slugify", &[], layout::slugify),
    filter("sort", &[], list::sort),
    filter("split", &["delimiter", "limit"], pattern::split),
    of_null("startsWith", &["value"], text::starts_with),
    filter("substringAfter", &["separator"], text::substring_after),
    filter("substringAfterLast", &["separator"], text::substring_after_last),
    filter("substringBefore", &["separator"], text::substring_before),
    filter("substringBeforeLast", &["separator"], text::substring_before_last),
    filter("timestamp", &["timeZone", "existingFormat"], date::timestamp),
    filter("timestampMicro", &["timeZone", "existingFormat"], date::timestamp_micro),
    filter("timestampNano", &["timeZone", "existingFormat"], date::timestamp_nano),
    filter("title", &[], text::title),
    of_null("toIon", &[], encode::ion),
    of_null("toJson", &[], encode::json),
    filter("trim", &[], text::trim),
    filter("upper", &[], text::upper),
    filter("urldecode", &[], encode::url_decode),
    filter("urlencode", &[], encode::url_encode),
    filter("values", &[], map::values),
    of_null("yaml", &[], yaml::yaml),
];

/// The filter of that name, or Pebble's complaint.
pub(crate) fn find(name: &str) -> Result<&'static Filter, String> {
    if let Some(filter) = FILTERS.iter().find(|filter| filter.name == name) {
        return Ok(filter);
    }
    let hint = match hint::did_you_mean(name, FILTERS.iter().map(|filter| filter.name)) {
        none if none.is_empty() && functions::is_known(name) => {
            format!(" (it is a function: write `{name}(x)`)")
        }
        hint => hint,
    };
    Err(format!("Filter [{name}] does not exist.{hint}"))
}

impl fmt::Debug for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// All of them, for the page that lists them.
#[cfg(test)]
pub(crate) fn all() -> &'static [Filter] {
    &FILTERS
}
