//! Handing an execution over to another carrier.
//!
//! # Promises (and no more)
//! A message may be lost, repeated, late, or out of order. The store's `wake_at` finds whatever a lost one
//! would have moved.

use std::fmt;

use engine::id::ExecutionId;

use crate::Answer;

/// "Somebody carry this on."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    pub tenant: String,
    pub execution: ExecutionId,
    /// The workers it is for; those of no group when `None`.
    pub group: Option<String>,
}

/// The queue does not take the message now. Nothing is lost: the store finds it later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue does not take the message: {0}")]
pub struct Refused(pub String);

pub trait Queue: Send + Sync + fmt::Debug {
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>>;
}
