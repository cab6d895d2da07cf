//! What `secret()` gives: texts that an operator keeps somewhere, by their keys.
//!
//! # Promises (and no more)
//! * A text that was changed may be given as it was for a while.
//! * No text is shown: neither in a log nor by `Debug`.

use std::{fmt, sync::Arc};

use crate::Answer;

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no such key.
    #[error("there is no such key")]
    NotFound,
    /// There is one perhaps, and it cannot be read. The text says why, and what would be right.
    #[error("{0}")]
    Unreadable(String),
    /// Not now.
    #[error("secrets cannot be read now: {0}")]
    Unavailable(String),
}

/// See the module for what is promised.
pub trait Secrets: Send + Sync + fmt::Debug {
    /// The text of a key.
    fn secret<'a>(&'a self, key: &'a str) -> Answer<'a, Result<String, Error>>;
}

/// Several places, asked one after the other until one has the key.
#[derive(Debug, Clone)]
pub struct InOrder(pub Vec<Arc<dyn Secrets>>);

impl Secrets for InOrder {
    fn secret<'a>(&'a self, key: &'a str) -> Answer<'a, Result<String, Error>> {
        Box::pin(async move {
            for place in &self.0 {
                match place.secret(key).await {
                    Err(Error::NotFound) => {}
                    answer @ (Ok(_) | Err(Error::Unreadable(_) | Error::Unavailable(_))) => return answer,
                }
            }
            Err(Error::NotFound)
        })
    }
}
