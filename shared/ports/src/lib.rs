//! What the application asks of the world, as traits and plain data, and what it may rely on.
//!
//! A port promises only what the *weaker* of its adapters gives. The promises are functions of the module
//! `conformance` (feature `conformance`), and every adapter runs them.

pub mod blobs;
pub mod clock;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod engine;
pub mod queue;
pub mod replies;
pub mod run;
pub mod seal;
pub mod secrets;
pub mod store;
pub mod uri;

use std::{future::Future, pin::Pin};

/// A future that a `dyn` port returns. One allocation a call, beside which stands a disk or a network.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
