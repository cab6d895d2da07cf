//! The cloud on this machine, for tests that speak to it through the AWS SDK.
//!
//! Each test has an account of the emulator to itself, and in it what a deployment has: a table, a queue with its dead
//! letters, a bucket.

#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

pub mod bucket;
pub mod home;
pub mod proxy;
pub mod queue;
pub mod sdk;
pub mod table;

pub use home::home;
pub use tests::emulator::{Account, account};
