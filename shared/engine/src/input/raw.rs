//! What is to be read, wherever it came from: a caller, a default, an element of a list, an expression.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{Sent, limits};

/// Something that is there. A JSON string and the text of a form are the same.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    Text(&'a str),
    /// Neither a string nor null.
    Json(&'a Json),
    /// A file that was sent: its URI.
    File(&'a str),
}

impl<'a> Raw<'a> {
    /// `None` for null, which is as good as nothing.
    pub(super) fn of_json(json: &'a Json) -> Option<Self> {
        match json {
            Json::Null => None,
            Json::String(text) => Some(Self::Text(text)),
            Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => Some(Self::Json(json)),
        }
    }

    /// `None` for null, which is as good as nothing.
    pub(super) fn of_sent(sent: &'a Sent) -> Option<Self> {
        match sent {
            Sent::Text(text) => Some(Self::Text(text)),
            Sent::Json(json) => Self::of_json(json),
            Sent::File { uri } => Some(Self::File(uri)),
        }
    }

    /// The text of a scalar: of a number or boolean, its JSON text. `None` for a list or map.
    pub(super) fn scalar(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) | Self::File(text) => Some(Cow::Borrowed(text)),
            Self::Json(Json::Array(_) | Json::Object(_)) => None,
            Self::Json(json) => Some(Cow::Owned(json.to_string())),
        }
    }

    /// The text that a parser of scalars is given: it refuses that of a list or map by itself.
    pub(super) fn plain(self) -> Cow<'a, str> {
        self.scalar().unwrap_or_else(|| Cow::Owned(self.shown()))
    }

    /// What a message repeats of it.
    pub(super) fn shown(self) -> String {
        match self {
            Self::Text(text) | Self::File(text) => limits::shown(text),
            Self::Json(json) => limits::shown_json(json),
        }
    }
}
