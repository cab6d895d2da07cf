//! Types of inputs and the rules of each.

use serde_json::Value as Json;

use super::{Reading, bean::Bean, nearest, path::Path, scalar};
use crate::{
    duration,
    input::{Choices, Kind, Validator},
    yaml::{self, Node},
};

/// A type of input.
#[derive(Debug)]
pub(super) struct Shape {
    name: &'static str,
    /// Kestra's class, for its messages.
    pub(super) class: &'static str,
    /// Its own properties, besides those every input has.
    pub(super) properties: &'static [&'static str],
}

const fn shape(name: &'static str, class: &'static str, properties: &'static [&'static str]) -> Shape {
    Shape { name, class, properties }
}

const SHAPES: [Shape; 19] = [
    shape("STRING", "StringInput", &["validator"]),
    shape("SECRET", "SecretInput", &["validator"]),
    shape("INT", "IntInput", &["min", "max"]),
    shape("FLOAT", "FloatInput", &["min", "max"]),
    shape("BOOLEAN", "BooleanInput", &[]),
    shape("BOOL", "BoolInput", &[]),
    shape("DATETIME", "DateTimeInput", &["after", "before"]),
    shape("DATE", "DateInput", &["after", "before"]),
    shape("TIME", "TimeInput", &["after", "before"]),
    shape("DURATION", "DurationInput", &["min", "max"]),
    shape("FILE", "FileInput", &["extension"]),
    shape("JSON", "JsonInput", &[]),
    shape("YAML", "YamlInput", &[]),
    shape("URI", "URIInput", &[]),
    shape("EMAIL", "EmailInput", &[]),
    shape("ENUM", "EnumInput", &["values"]),
    shape("SELECT", "SelectInput", &["values", "expression", "allowCustomValue", "isRadio"]),
    shape(
        "MULTISELECT",
        "MultiselectInput",
        &["values", "options", "expression", "itemType", "allowCustomValue"],
    ),
    shape("ARRAY", "ArrayInput", &["itemType"]),
];

/// What a file is called when its input does not say.
const EXTENSION: &str = ".upl";
pub(super) fn find(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().find(|it| it.name == name)
}

/// What is said of a type that is none of these.
pub(super) fn unknown(reading: &Reading<'_>, name: &str) -> String {
    let names: Vec<&str> = SHAPES.iter().map(|it| it.name).collect();
    format!(
        "`{}` is not a type of inputs and outputs: {}{}",
        scalar::cut(name),
        names.join(", "),
        nearest::hint(&reading.problems, name, names.iter().copied())
    )
}

/// The kind of that type when nothing more is said: of an output, or of the items of a list.
///
/// An output declares neither what may be chosen nor what its items are: anything may be, and items are what they are.
pub(super) fn plain(shape: &Shape) -> Kind {
    match shape.name {
        "SECRET" => Kind::Secret { validator: None },
        "INT" => Kind::Int { min: None, max: None },
        "FLOAT" => Kind::Float { min: None, max: None },
        "BOOLEAN" => Kind::Boolean,
        "BOOL" => Kind::Bool,
        "DATETIME" => Kind::DateTime { after: None, before: None },
        "DATE" => Kind::Date { after: None, before: None },
        "TIME" => Kind::Time { after: None, before: None },
        "DURATION" => Kind::Duration { min: None, max: None },
        "FILE" => Kind::File { extension: EXTENSION.to_owned() },
        "JSON" => Kind::Json,
        "YAML" => Kind::Yaml,
        "URI" => Kind::Uri,
        "EMAIL" => Kind::Email,
        "ARRAY" => Kind::Array { item: Box::new(Kind::Json) },
        "ENUM" => Kind::Enum { values: Vec::new() },
        "SELECT" => {
            Kind::Select { choices: Choices::Values(Vec::new()), allow_custom_value: true, is_radio: false }
        }
        "MULTISELECT" => Kind::MultiSelect {
            choices: Choices::Values(Vec::new()),
            allow_custom_value: true,
            item: Box::new(Kind::String { validator: None }),
        },
        // Of the names of `SHAPES`, only STRING is left.
        _ => Kind::String { validator: None },
    }
}

/// The kind of an input with its rules.
pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>, shape: &Shape, id: &str) -> Option<Kind> {
    Some(match shape.name {
        "STRING" => Kind::String { validator: validator(reading, bean)? },
        "SECRET" => Kind::Secret { validator: validator(reading, bean)? },
        "INT" => Kind::Int { min: bean.integer(reading, "min"), max: bean.integer(reading, "max") },
        "FLOAT" => Kind::Float { min: bean.float(reading, "min"), max: bean.float(reading, "max") },
        "DATETIME" => Kind::DateTime {
            after: moment(reading, bean, "after", DATE_TIME),
            before: moment(reading, bean, "before", DATE_TIME),
        },
        "DATE" => Kind::Date {
            after: moment(reading, bean, "after", DATE),
            before: moment(reading, bean, "before", DATE),
        },
        "TIME" => Kind::Time {
            after: moment(reading, bean, "after", TIME),
            before: moment(reading, bean, "before", TIME),
        },
        "DURATION" => {
            Kind::Duration { min: bean.duration(reading, "min"), max: bean.duration(reading, "max") }
        }
        "FILE" => {
            Kind::File { extension: bean.text(reading, "extension").unwrap_or_else(|| EXTENSION.to_owned()) }
        }
        "ENUM" => {
            bean.required(reading, "values");
            Kind::Enum { values: bean.texts(reading, "values")? }
        }
        "SELECT" => Kind::Select {
            choices: choices(reading, bean, id)?,
            allow_custom_value: bean.flag(reading, "allowCustomValue"),
            is_radio: bean.flag(reading, "isRadio"),
        },
        "MULTISELECT" => Kind::MultiSelect {
            choices: choices(reading, bean, id)?,
            allow_custom_value: bean.flag(reading, "allowCustomValue"),
            item: Box::new(item(reading, bean, id)?.unwrap_or(Kind::String { validator: None })),
        },
        "ARRAY" => {
            bean.required(reading, "itemType");
            Kind::Array { item: Box::new(item(reading, bean, id)??) }
        }
        _ => plain(shape),
    })
}

const DATE_TIME: &str = "a date-time such as 2023-01-31T12:30:00Z";
const DATE: &str = "a date such as 2023-01-31";
const TIME: &str = "a time such as 12:30:00";

fn moment<T: std::str::FromStr>(
    reading: &mut Reading<'_>,
    bean: &Bean<'_>,
    name: &str,
    expected: &str,
) -> Option<T> {
    let node = bean.get(name)?;
    let read = node.as_str().and_then(|it| it.parse().ok());
    if read.is_none() {
        scalar::wrong(reading, node, &bean.path(name), expected);
    }
    read
}

/// None when there is one and it cannot be used.
#[allow(
    clippy::option_option,
    reason = "the outer one is whether to go on, the inner one whether there is any"
)]
fn validator(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Option<Validator>> {
    let Some(node) = bean.get("validator") else {
        return Some(None);
    };
    let pattern = bean.text(reading, "validator")?;
    match Validator::new(&pattern) {
        Ok(validator) => Some(Some(validator)),
        Err(error) => {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            let message = format!("invalid pattern [{pattern}]: {why}");
            reading.problems.entity(&bean.path("validator"), message, node.at);
            None
        }
    }
}

fn choices(reading: &mut Reading<'_>, bean: &Bean<'_>, id: &str) -> Option<Choices> {
    if bean.get("values").is_some() && bean.get("options").is_some() {
        let at = bean.key_at("options").unwrap_or(bean.at);
        reading.problems.object(id, "you can't define both `values` and `options`", at);
    }
    let listed = match bean.texts(reading, "values") {
        Some(values) => Some(values),
        None => bean.texts(reading, "options"),
    };
    match (listed, bean.get("expression")) {
        (Some(_), Some(_)) => {
            let at = bean.key_at("expression").unwrap_or(bean.at);
            reading.problems.object(id, "you can't define both `values` and `expression`", at);
            None
        }
        (Some(values), None) => Some(Choices::Values(values)),
        (None, Some(_)) => bean.template(reading, "expression").map(Choices::Expression),
        (None, None) => {
            reading.problems.object(id, "you must define either `values` or `expression`", bean.at);
            None
        }
    }
}

/// The type of the items of a list. None when there is one and it cannot be used.
#[allow(
    clippy::option_option,
    reason = "the outer one is whether to go on, the inner one whether there is any"
)]
fn item(reading: &mut Reading<'_>, bean: &Bean<'_>, id: &str) -> Option<Option<Kind>> {
    let Some(node) = bean.get("itemType") else {
        return Some(None);
    };
    let name = bean.text(reading, "itemType")?;
    if name == "ARRAY" {
        reading.problems.object(id, "`itemType` cannot be `ARRAY`", node.at);
        return None;
    }
    let found = find(&name);
    if found.is_none() {
        let why = unknown(reading, &name);
        reading.problems.wrong_kind(&bean.path("itemType"), why, node.at);
    }
    Some(Some(plain(found?)))
}

/// The default of an input, held against its type. It is never rendered.
pub(super) fn defaults(
    reading: &mut Reading<'_>,
    node: &Node,
    path: &Path<'_>,
    kind: &Kind,
    id: &str,
) -> Option<Json> {
    let moment = |reading: &mut Reading<'_>, is_right: bool, expected: &str| {
        if !is_right {
            scalar::wrong(reading, node, path, expected);
        }
        is_right.then(|| node.to_json())
    };
    let text = node.as_str().unwrap_or_default();
    match kind {
        Kind::String { .. }
        | Kind::Secret { .. }
        | Kind::Uri
        | Kind::Email
        | Kind::Enum { .. }
        | Kind::Select { .. } => scalar::text(reading, node, path).map(Json::from),
        Kind::Int { .. } => scalar::integer(reading, node, path).map(Json::from),
        Kind::Float { .. } => scalar::float(reading, node, path).map(Json::from),
        Kind::Boolean | Kind::Bool => scalar::boolean(reading, node, path).map(Json::from),
        Kind::DateTime { .. } => moment(reading, text.parse::<jiff::Timestamp>().is_ok(), DATE_TIME),
        Kind::Date { .. } => moment(reading, text.parse::<jiff::civil::Date>().is_ok(), DATE),
        Kind::Time { .. } => moment(reading, text.parse::<jiff::civil::Time>().is_ok(), TIME),
        Kind::Duration { .. } => {
            scalar::duration(reading, node, path).map(|it| Json::from(duration::format(it)))
        }
        Kind::File { .. } => {
            let message = "no `defaults` can be set for inputs of type 'FILE'";
            reading.problems.object(id, message, node.at);
            None
        }
        Kind::Json | Kind::Yaml => Some(node.to_json()),
        Kind::MultiSelect { .. } | Kind::Array { .. } => {
            if !matches!(node.kind, yaml::Kind::List(_)) && serde_json::from_str::<Vec<Json>>(text).is_err() {
                scalar::wrong(reading, node, path, "a list");
                return None;
            }
            Some(node.to_json())
        }
    }
}
