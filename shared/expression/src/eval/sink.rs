//! Where a template prints to.

use super::Halt;
use crate::{Value, output::Output};

/// Room that a text has before anything is printed.
const ROOM_BYTES_MAX: usize = 1 << 10;

#[derive(Debug)]
pub(super) enum Sink<'e> {
    Text(Output),
    /// Keeps the type of a value that is printed alone; turns into text with the second thing printed.
    Typed {
        first: Option<Value<'e>>,
        bytes_max: usize,
    },
}

impl<'e> Sink<'e> {
    pub(super) fn text(bytes_max: usize) -> Self {
        Self::Text(Output::new(bytes_max))
    }

    /// With room for what a short template prints: most print about as much as they are long.
    pub(super) fn text_of(source: &str, bytes_max: usize) -> Self {
        Self::Text(Output::with_room(source.len().min(ROOM_BYTES_MAX), bytes_max))
    }

    pub(super) fn typed(bytes_max: usize) -> Self {
        Self::Typed { first: None, bytes_max }
    }

    pub(super) fn print(&mut self, value: Value<'e>) -> Result<(), Halt> {
        match self {
            Self::Text(text) => text.print(&value),
            Self::Typed { first: first @ None, .. } => {
                *first = Some(value);
                Ok(())
            }
            Self::Typed { first: Some(first), bytes_max } => {
                let mut text = Output::new(*bytes_max);
                text.print(first)?;
                text.print(&value)?;
                *self = Self::Text(text);
                Ok(())
            }
        }
    }

    /// Bytes of text so far.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Typed { .. } => 0,
        }
    }

    pub(super) fn into_text(self) -> Result<String, Halt> {
        match self {
            Self::Text(text) => Ok(text.into_text()),
            Self::Typed { first, bytes_max } => {
                let mut text = Output::new(bytes_max);
                text.print(&first.unwrap_or(Value::Null))?;
                Ok(text.into_text())
            }
        }
    }

    pub(super) fn into_value(self) -> Value<'e> {
        match self {
            Self::Text(text) => Value::text(text.into_text()),
            Self::Typed { first, .. } => first.unwrap_or(Value::text("")),
        }
    }
}
