//! What the text between `${` and `}` refers to.

use super::{
    path::{Path, Step},
    read,
};
use crate::Need;

const SECRETS: &str = "workflow.secrets.";
const ENVIRONMENT: &str = "workflow.env.";

#[derive(Debug)]
pub(super) enum Reference {
    /// Blank: an empty text.
    Nothing,
    /// No path, or one into the environment.
    Null,
    Path(Path),
    Secret(Need),
}

impl Reference {
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            Self::Nothing
        } else if let Some(name) = text.strip_prefix(SECRETS) {
            secret(name)
        } else if text.starts_with(ENVIRONMENT) {
            Self::Null
        } else {
            read::path(text).map_or(Self::Null, Self::Path)
        }
    }

    /// Whether a text that begins like this names a secret.
    pub(super) fn is_of_secret(beginning: &str) -> bool {
        beginning.trim_start().starts_with(SECRETS)
    }
}

/// `NAME` or `NAME.field`. What is deeper in a secret could not be told from other texts, to be kept out of logs.
fn secret(name: &str) -> Reference {
    let (key, subkey) = match name.split_once('.') {
        None => (name, None),
        Some((key, path)) => match read::path(path).as_ref().map(|path| &path.steps[..]) {
            Some([Step::Key(field)]) => (key, Some(field.to_string())),
            _ => return Reference::Null,
        },
    };
    if key.is_empty() {
        Reference::Null
    } else {
        Reference::Secret(Need::Secret { key: key.to_owned(), subkey })
    }
}
