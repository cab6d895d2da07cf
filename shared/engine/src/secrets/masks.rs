//! Secrets in log lines. Kestra: each becomes as many stars, the first long one of a line says so.

use std::{borrow::Cow, fmt};

/// As long as [`MASKED`].
const STARS: &str = "*********";
const MASKED: &str = "**masked*";

/// Texts that no log line may hold. They are never shown.
#[derive(Clone, PartialEq, Default)]
pub struct Masks {
    /// Longest first: a secret may be part of another one.
    texts: Vec<String>,
}

impl Masks {
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        texts.dedup();
        Self { texts }
    }

    /// The message without the secrets. Costs one search of the message for each of them.
    pub fn mask(&self, message: &mut String) {
        let mut masked = Cow::Borrowed(message.as_str());
        for text in &self.texts {
            if masked.contains(text.as_str()) {
                masked = Cow::Owned(masked.replace(text.as_str(), &"*".repeat(text.chars().count())));
            }
        }
        if let Cow::Owned(masked) = masked {
            *message = masked.replacen(STARS, MASKED, 1);
        }
    }
}

impl fmt::Debug for Masks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masks({})", self.texts.len())
    }
}
