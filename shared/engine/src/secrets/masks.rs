//! Secrets in log lines and outputs. Kestra: in a line each becomes as many stars, the first long one says so.

use std::{borrow::Cow, fmt};

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json};

/// As long as [`MASKED`].
const STARS: &str = "*********";
const MASKED: &str = "**masked*";

/// Texts that no log line may hold. They are never shown.
#[derive(Clone, PartialEq, Default)]
pub struct Masks {
    /// Longest first: a secret may be part of another one.
    texts: Vec<String>,
    /// Those that no output may hold either: what `secret()` gave. What was encrypted may be put out in clear, by who
    /// asks for that.
    given: Vec<String>,
}

impl Masks {
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        Self { texts: longest_first(texts), given: Vec::new() }
    }

    /// Of what `secret()` gave.
    pub fn of_given(supplied: &Supplied) -> Self {
        Self::default().and_given(supplied)
    }

    /// And what `secret()` gave.
    pub fn and_given(self, supplied: &Supplied) -> Self {
        let given = supplied.iter().filter_map(|(need, answer)| match (need, answer) {
            (Need::Secret { .. }, Ok(Json::String(text))) => Some(text.clone()),
            _ => None,
        });
        let given = longest_first(given);
        Self { texts: longest_first(self.texts.into_iter().chain(given.iter().cloned())), given }
    }

    /// The message without the secrets. Costs one search of the message for each of them.
    pub fn mask(&self, message: &mut String) {
        if let Some(masked) = starred(message, &self.texts) {
            *message = masked;
        }
    }

    /// Outputs without what `secret()` gave, in keys and in values.
    pub fn mask_outputs(&self, outputs: &mut Map<String, Json>) {
        if !self.given.is_empty() {
            self.mask_map(outputs);
        }
    }

    fn mask_map(&self, map: &mut Map<String, Json>) {
        if map.keys().any(|key| starred(key, &self.given).is_some()) {
            let entries = std::mem::take(map).into_iter();
            *map = entries.map(|(key, value)| (starred(&key, &self.given).unwrap_or(key), value)).collect();
        }
        map.values_mut().for_each(|value| self.mask_value(value));
    }

    fn mask_value(&self, value: &mut Json) {
        match value {
            Json::String(text) => {
                if let Some(masked) = starred(text, &self.given) {
                    *text = masked;
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item)),
            Json::Object(map) => self.mask_map(map),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

fn longest_first(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    texts.dedup();
    texts
}

/// A message with stars for the texts, when it holds one.
fn starred(message: &str, texts: &[String]) -> Option<String> {
    let mut masked = Cow::Borrowed(message);
    for text in texts {
        if masked.contains(text.as_str()) {
            masked = Cow::Owned(masked.replace(text.as_str(), &"*".repeat(text.chars().count())));
        }
    }
    match masked {
        Cow::Owned(masked) => Some(masked.replacen(STARS, MASKED, 1)),
        Cow::Borrowed(_) => None,
    }
}

impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masks({})", self.texts.len())
    }
}
