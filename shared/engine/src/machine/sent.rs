//! What somebody sent for executions that a schedule starts: inputs and labels, whose texts may hold expressions.

use expression::Template;
use serde_json::{Map, Value as Json};

use super::{condition::Unclear, render::Renderer};
use crate::flow::Label;

/// As it was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'s> {
    pub inputs: &'s Map<String, Json>,
    pub labels: &'s [Label],
}

impl Sent<'_> {
    /// Whether its expressions can be parsed.
    ///
    /// # Errors
    /// Which one cannot, and why.
    pub fn check(self) -> Result<(), String> {
        let texts =
            |(name, value): (&String, &Json)| parsed(value).map_err(|why| format!("inputs.{name}: {why}"));
        self.inputs.iter().try_for_each(texts)?;
        let text = |label: &Label| {
            parse(&label.value).map(drop).map_err(|why| format!("labels.{}: {why}", label.key))
        };
        self.labels.iter().try_for_each(text)
    }

    pub(super) fn inputs(self, renderer: &Renderer<'_>) -> Result<Map<String, Json>, Unclear> {
        let entry = |(name, value): (&String, &Json)| Ok((name.clone(), rendered(value, renderer)?));
        self.inputs.iter().map(entry).collect()
    }

    /// Without those that have no value.
    pub(super) fn labels(self, renderer: &Renderer<'_>) -> Result<Vec<Label>, Unclear> {
        let mut labels = Vec::with_capacity(self.labels.len());
        for label in self.labels {
            let value = text(&label.value, renderer)?;
            if !value.is_empty() {
                labels.push(Label::new(label.key.as_str(), value));
            }
        }
        Ok(labels)
    }
}

fn parse(text: &str) -> Result<Template, String> {
    Template::parse(text).map_err(|error| error.explained(text))
}

fn parsed(value: &Json) -> Result<(), String> {
    match value {
        Json::String(text) => parse(text).map(drop),
        Json::Array(items) => items.iter().try_for_each(parsed),
        Json::Object(entries) => entries.values().try_for_each(parsed),
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}

/// Texts to texts; everything else stays.
fn rendered(value: &Json, renderer: &Renderer<'_>) -> Result<Json, Unclear> {
    Ok(match value {
        Json::String(sent) => text(sent, renderer)?.into(),
        Json::Array(items) => {
            items.iter().map(|item| rendered(item, renderer)).collect::<Result<Vec<_>, _>>()?.into()
        }
        Json::Object(entries) => {
            let entry = |(name, value): (&String, &Json)| Ok((name.clone(), rendered(value, renderer)?));
            Json::Object(entries.iter().map(entry).collect::<Result<_, Unclear>>()?)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    })
}

fn text(sent: &str, renderer: &Renderer<'_>) -> Result<String, Unclear> {
    let template = parse(sent).map_err(Unclear::Failed)?;
    Ok(renderer.text(&template)?)
}
