//! The task types that touch the world, and where to find them.
//!
//! Apart from the engine, because they start processes and move files; apart from each other, because a deployment
//! may leave some out. A flow that names a type that is not in the [`Registry`] is refused when it is created.
//!
//! # Invariants
//! * A failing task is data: whatever goes wrong in an attempt ends in its outcome, never in a panic or an error.
//! * When an attempt comes back, what it started in its process group is gone, and so is its working directory, unless
//!   it shares one with others.
//! * A task sees the files of its own tenant alone, and no environment variable of the server but
//!   [`process::INHERITED`].

#[cfg(feature = "aws")]
pub mod aws;
mod console;
mod directories;
pub mod duckdb;
mod execution;
mod files;
mod flow;
pub mod gcp;
pub mod http;
pub mod items;
mod kv;
mod log;
mod namespace;
mod node;
mod plain;
pub mod process;
mod properties;
mod python;
mod registry;
mod script;
mod shell;
mod state;
mod stop;
mod storage;
mod trigger;

pub use http::Outbound;
pub use registry::{Equipment, Registry};
