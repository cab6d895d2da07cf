//! Why there is no result.

use thiserror::Error;

use crate::limits::MESSAGE_BYTES_MAX;

/// Why there is no result.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Failed {
    /// The source is no JavaScript, or more than a script may have.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// The script threw something and did not catch it.
    #[error("{message}{}", at(*.line))]
    Thrown {
        /// Name and message of an error, such as `TypeError: not a function`; anything else as text.
        message: String,
        /// The line of the script, counted from 1, if the error tells.
        line: Option<u32>,
    },
    /// It would have gone on: its fuel is spent, or the caller stopped it.
    #[error("the script did too much work: more than {steps} steps, or it was stopped")]
    Fuel {
        /// The limit.
        steps: u64,
    },
    /// It needs more memory than it may have.
    #[error("the script needs more than {bytes} bytes of memory")]
    Memory {
        /// The limit.
        bytes: usize,
    },
    /// What it returned is more than a result may be.
    #[error("the result of the script is {bytes} bytes of JSON, {max} are allowed")]
    TooLarge {
        /// How much it is; a lower bound.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// What it returned has no form in JSON: it contains itself, is nested too deeply, or is a promise.
    #[error("the result of the script is not JSON: {0}")]
    NotJson(String),
}

/// A source that cannot be run.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}{}", at(*.line))]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// The line, counted from 1, if there is one to blame.
    pub line: Option<u32>,
}

impl SyntaxError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), line: None }
    }

    pub(crate) fn at(message: impl Into<String>, line: u32) -> Self {
        Self { message: message.into(), line: Some(line) }
    }
}

/// No longer than a message may be.
pub(crate) fn shortened(mut message: String) -> String {
    if message.len() > MESSAGE_BYTES_MAX {
        message.truncate(message.floor_char_boundary(MESSAGE_BYTES_MAX));
        message.push('…');
    }
    message
}

fn at(line: Option<u32>) -> String {
    line.map_or_else(String::new, |line| format!(" (line {line})"))
}
