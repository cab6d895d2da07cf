//! The outside world in one process: items in `SQLite`, blobs in a directory, a queue in memory, the system's clock.
//!
//! Nothing to install, and what was acknowledged survives `kill -9` and the loss of power. It fulfils the promises of
//! `ports::conformance`, and here and there a stronger one, on which nothing outside this crate may rely.
//!
//! # Invariants
//! * One process at a time owns a data directory: [`Home`] holds a lock on it.
//! * `SQLite` is written by one thread only.
//! * The clock and chance are read in [`clock`] alone.

pub mod blobs;
pub mod clock;
mod error;
mod home;
pub mod queue;
pub mod store;

pub use clock::{RandomIds, SystemClock};
pub use error::Error;
pub use home::Home;
