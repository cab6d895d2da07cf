//! Secrets in log lines and outputs. Kestra: in a line each becomes as many stars, the first long one says so.

use std::{borrow::Cow, collections::HashSet, fmt};

use expression::{Need, Supplied};
use serde_json::{Map, Value as Json};

use crate::execution::Metric;

/// As long as [`MASKED`].
const STARS: &str = "*********";
const MASKED: &str = "**masked*";

/// Texts that no log line may hold. They are never shown.
#[derive(Clone, PartialEq, Default)]
pub struct Masks {
    /// Longest first: a secret may be part of another one.
    texts: Vec<Masked>,
}

#[derive(Debug, Clone, PartialEq)]
struct Masked {
    text: String,
    /// Whether `secret()` gave it: then no output may hold it either. What was encrypted may be put out in clear, by who
    /// asks for that.
    given: bool,
}

impl Masks {
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        Self::of(texts.into_iter().map(|text| Masked { text, given: false }))
    }

    /// Of what `secret()` gave.
    pub fn of_given(supplied: &Supplied) -> Self {
        Self::default().and_given(supplied)
    }

    /// And what `secret()` gave.
    #[must_use]
    pub fn and_given(self, supplied: &Supplied) -> Self {
        let given = supplied.iter().filter_map(|(need, answer)| match (need, answer) {
            (Need::Secret { .. }, Ok(Json::String(text))) => Some(Masked { text: text.clone(), given: true }),
            _ => None,
        });
        Self::of(self.texts.into_iter().chain(given))
    }

    fn of(texts: impl Iterator<Item = Masked>) -> Self {
        let mut texts: Vec<Masked> = texts.filter(|it| !it.text.is_empty()).collect();
        let rank = |it: &Masked| (std::cmp::Reverse(it.text.len()), !it.given);
        texts.sort_by(|one, other| rank(one).cmp(&rank(other)).then_with(|| one.text.cmp(&other.text)));
        let mut seen = HashSet::new();
        texts.retain(|it| seen.insert(it.text.clone()));
        Self { texts }
    }

    /// The message without the secrets. Costs one search of the message for each of them.
    pub fn mask(&self, message: &mut String) {
        if let Some(masked) = self.starred(message, false) {
            *message = masked;
        }
    }

    /// Outputs without what `secret()` gave, in keys and in values.
    pub fn mask_outputs(&self, outputs: &mut Map<String, Json>) {
        if self.texts.iter().any(|it| it.given) {
            self.mask_map(outputs);
        }
    }

    /// Metrics without the secrets, in names and in tags.
    pub fn mask_metrics(&self, metrics: &mut [Metric]) {
        if self.texts.is_empty() {
            return;
        }
        for metric in metrics {
            self.mask(&mut metric.name);
            let tags = std::mem::take(&mut metric.tags).into_iter();
            metric.tags = tags
                .map(|(mut key, mut value)| {
                    self.mask(&mut key);
                    self.mask(&mut value);
                    (key, value)
                })
                .collect();
        }
    }

    /// A message with stars for the texts, when it holds one.
    fn starred(&self, message: &str, only_given: bool) -> Option<String> {
        let mut masked = Cow::Borrowed(message);
        for Masked { text, .. } in self.texts.iter().filter(|it| it.given || !only_given) {
            if masked.contains(text.as_str()) {
                masked = Cow::Owned(masked.replace(text.as_str(), &"*".repeat(text.chars().count())));
            }
        }
        match masked {
            Cow::Owned(masked) => Some(masked.replacen(STARS, MASKED, 1)),
            Cow::Borrowed(_) => None,
        }
    }

    fn mask_map(&self, map: &mut Map<String, Json>) {
        if map.keys().any(|key| self.starred(key, true).is_some()) {
            let entries = std::mem::take(map).into_iter();
            *map = entries.map(|(key, value)| (self.starred(&key, true).unwrap_or(key), value)).collect();
        }
        map.values_mut().for_each(|value| self.mask_value(value));
    }

    fn mask_value(&self, value: &mut Json) {
        match value {
            Json::String(text) => {
                if let Some(masked) = self.starred(text, true) {
                    *text = masked;
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.mask_value(item)),
            Json::Object(map) => self.mask_map(map),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
}

impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masks({})", self.texts.len())
    }
}
