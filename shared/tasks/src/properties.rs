//! Reads rendered properties, and says everything that is wrong with them at once.
//!
//! A flow is checked when it is created, but an expression may render to anything.

use serde_json::{Map, Value as Json};

/// The properties of one attempt, and what was wrong with those read so far.
#[derive(Debug)]
pub(crate) struct Properties<'a> {
    values: &'a Map<String, Json>,
    problems: Vec<String>,
}

impl<'a> Properties<'a> {
    pub(crate) fn new(values: &'a Map<String, Json>) -> Self {
        Self { values, problems: Vec::new() }
    }

    /// `null` is as good as absent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A list of strings, or a string that holds such a list in JSON; empty when absent.
    pub(crate) fn strings(&mut self, name: &str) -> Vec<String> {
        let read = match self.value(name) {
            None => return Vec::new(),
            Some(Json::Array(items)) => texts(items),
            Some(Json::String(json)) => match serde_json::from_str(json) {
                Ok(Json::Array(items)) => texts(&items),
                Ok(_) | Err(_) => None,
            },
            Some(_) => None,
        };
        read.unwrap_or_else(|| {
            self.problem(format!("`{name}` must be a list of strings"));
            Vec::new()
        })
    }

    /// A boolean, or a string that holds one.
    pub(crate) fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.value(name) {
            None => default,
            Some(Json::Bool(flag)) => *flag,
            Some(Json::String(text)) if text == "true" => true,
            Some(Json::String(text)) if text == "false" => false,
            Some(_) => {
                self.problem(format!("`{name}` must be true or false"));
                default
            }
        }
    }

    /// A map of strings, or a string that holds one in JSON, in its order; empty when absent. What is not a string
    /// is taken as its JSON text.
    pub(crate) fn texts_by_name(&mut self, name: &str) -> Vec<(String, String)> {
        let parsed;
        let map = match self.value(name) {
            None => return Vec::new(),
            Some(Json::Object(map)) => Some(map),
            Some(Json::String(json)) => {
                parsed = serde_json::from_str::<Map<String, Json>>(json);
                parsed.as_ref().ok()
            }
            Some(_) => None,
        };
        let Some(map) = map else {
            self.problem(format!("`{name}` must be a map of strings, or such a map in JSON"));
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(map.len());
        for (key, value) in map {
            match value {
                Json::Null => self.problems.push(format!("`{name}.{key}` must be a string")),
                Json::String(text) => texts.push((key.clone(), text.clone())),
                Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => {
                    texts.push((key.clone(), value.to_string()));
                }
            }
        }
        texts
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn are_sound(&self) -> bool {
        self.problems.is_empty()
    }

    pub(crate) fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// # Errors
    /// Everything that was wrong, in one message.
    pub(crate) fn finish(self) -> Result<(), String> {
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems.join("; ")) }
    }

    fn value(&self, name: &str) -> Option<&'a Json> {
        self.values.get(name).filter(|value| !value.is_null())
    }
}

fn texts(items: &[Json]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| match item {
            Json::String(text) => Some(text.clone()),
            Json::Bool(_) | Json::Number(_) => Some(item.to_string()),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        })
        .collect()
}
