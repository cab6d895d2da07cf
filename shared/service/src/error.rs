//! What a use case can answer instead of its result, classified once.

use std::time::Duration;

use engine::{
    id::ExecutionId,
    problem::{Invalid, Position, Problem, Reason},
};
use ports::{blobs, queue::Refused, store};

use crate::Batch;

/// Why a use case did not give its result. The text is for the caller; causes stay in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing is there. The text completes `Not Found: `.
    #[error("{0}")]
    NotFound(String),
    /// It was there, and its time is over. The text completes `Resource has expired: `.
    #[error("{0}")]
    Expired(String),
    /// Who asks has not shown to be who may. The text completes `Unauthorized: `.
    #[error("{0}")]
    Unauthorized(String),
    /// A document, input or argument against the rules.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Not in this state. The text completes `Illegal state: `.
    #[error("{0}")]
    IllegalState(String),
    /// A workflow that has completed, and whose definition says that it is not started over.
    #[error("Workflow: {0} is COMPLETED, and its definition does not let it be restarted")]
    NotRestartable(ExecutionId),
    /// A batch in which some do not fit the action; nothing was done.
    #[error(transparent)]
    Batch(#[from] Batch),
    /// More bytes than are taken.
    #[error("{0}")]
    TooLarge(String),
    /// Known, but not built in this version.
    #[error("{0}")]
    NotBuilt(String),
    /// Somebody else changed the same thing, again and again.
    #[error("{0}")]
    Contention(String),
    /// Not now.
    #[error("{message}")]
    Unavailable { message: String, retry_after: Duration },
    /// What is stored cannot be read.
    #[error("{0}")]
    Locked(String),
    /// Our own trouble.
    #[error("{0}")]
    Internal(String),
}

/// Whose move it is after an error: the one place where control flow branches on errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The caller has to change something.
    Caller,
    /// Try again at once, from a fresh read.
    Contention,
    /// Try again later.
    Transient,
    /// A person has to look.
    Bug,
}

impl Error {
    pub const fn class(&self) -> Class {
        match self {
            Self::NotFound(_)
            | Self::Expired(_)
            | Self::Unauthorized(_)
            | Self::Invalid(_)
            | Self::IllegalState(_)
            | Self::NotRestartable(_)
            | Self::Batch(_)
            | Self::TooLarge(_)
            | Self::NotBuilt(_) => Class::Caller,
            Self::Contention(_) => Class::Contention,
            Self::Unavailable { .. } => Class::Transient,
            Self::Locked(_) | Self::Internal(_) => Class::Bug,
        }
    }

    /// `Illegal argument: <message>`.
    pub fn argument(message: impl Into<String>) -> Self {
        Self::Invalid(Invalid {
            reason: Reason::Argument,
            problems: vec![Problem { path: String::new(), message: message.into(), at: None::<Position> }],
        })
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict(key) => Self::Contention(format!("{key} was changed by somebody else")),
            store::Error::TooLarge(message) => Self::TooLarge(message),
            store::Error::Unavailable { message, retry_after } => {
                Self::Unavailable { message, retry_after: retry_after.unwrap_or(Duration::from_secs(1)) }
            }
            store::Error::Refused(reason) => Self::Internal(format!("the store refuses: {reason}")),
            store::Error::Corrupt(message) => Self::Locked(message),
        }
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::Unavailable { message: refused.to_string(), retry_after: Duration::from_secs(1) }
    }
}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        match error {
            blobs::Error::NotFound(path) => Self::NotFound(format!("Unable to find the file '{path}'")),
            blobs::Error::Source(message) => Self::argument(message),
            blobs::Error::TooLarge { limit } => {
                Self::TooLarge(format!("a file may have at most {limit} bytes"))
            }
            blobs::Error::Unavailable(message) => {
                Self::Unavailable { message, retry_after: Duration::from_secs(1) }
            }
        }
    }
}
