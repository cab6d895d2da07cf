//! What pure tasks do to their execution: labels and variables.

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{Event, Site, refuse};
use crate::flow::Label;

/// The labels of a `Labels` task: a map, a list of `{key, value}`, or the JSON text of a map.
pub(super) fn labels(given: &Json) -> Result<Vec<Label>, Error> {
    let from_text;
    let given = match given {
        Json::String(text) => {
            from_text = serde_json::from_str(text)
                .map_err(|error| refuse(format!("the labels are no JSON: {error}: {text}")))?;
            &from_text
        }
        other => other,
    };
    let pairs: Vec<(&str, &Json)> = match given {
        Json::Object(map) => map.iter().map(|(key, value)| (key.as_str(), value)).collect(),
        Json::Array(items) => items
            .iter()
            .map(|item| match (item.get("key").and_then(Json::as_str), item.get("value")) {
                (Some(key), Some(value)) => Ok((key, value)),
                _ => Err(refuse(format!("a label has a `key` and a `value`, but there is {item}"))),
            })
            .collect::<Result<_, _>>()?,
        other => return Err(refuse(format!("labels are a map or a list, but there is {other}"))),
    };
    let mut labels: Vec<Label> = Vec::new();
    for (key, value) in pairs {
        let Json::String(value) = value else {
            return Err(refuse(format!("the label `{key}` is {value}, a text is expected")));
        };
        if labels.iter().any(|it| it.key == key) {
            return Err(refuse(format!("Duplicate key {key}")));
        }
        let label = Label::new(key, value.as_str());
        if label.is_system() {
            // Kestra's words.
            return Err(refuse(format!(
                "System labels can only be set by Kestra itself, offending label: {key}={value}."
            )));
        }
        if key.is_empty() || value.is_empty() {
            return Err(refuse("a label needs a key and a value".to_owned()));
        }
        labels.push(label);
    }
    Ok(labels)
}

pub(super) fn set_variables(given: &Json, overwrite: bool, site: &Site<'_>) -> Result<Event, Error> {
    let Json::Object(set) = given else {
        return Err(refuse(format!("variables are a map, but there is {given}")));
    };
    if !overwrite && let Some(known) = set.keys().find(|name| site.has_variable(name)) {
        return Err(refuse(format!("the variable `{known}` is set already, and `overwrite` is false")));
    }
    Ok(Event::VariablesSet { set: set.clone(), unset: Vec::new() })
}

pub(super) fn unset_variables(given: &Json, ignore_missing: bool, site: &Site<'_>) -> Result<Event, Error> {
    let from_text;
    let given = match given {
        Json::String(text) => {
            from_text =
                serde_json::from_str(text).unwrap_or_else(|_| Json::Array(vec![Json::from(text.as_str())]));
            &from_text
        }
        other => other,
    };
    let names: Option<Vec<String>> = given
        .as_array()
        .and_then(|names| names.iter().map(|it| it.as_str().map(ToOwned::to_owned)).collect());
    let Some(unset) = names else {
        return Err(refuse(format!("variables are a list of names, but there is {given}")));
    };
    if !ignore_missing && let Some(missing) = unset.iter().find(|name| !site.has_variable(name)) {
        return Err(refuse(format!("the variable `{missing}` is not set, and `ignoreMissing` is false")));
    }
    Ok(Event::VariablesSet { set: Map::new(), unset })
}
