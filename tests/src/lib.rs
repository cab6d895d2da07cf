//! Hands and eyes for tests that know Roundtrip only from outside: over HTTP and by its command line.
//!
//! `site` gives the server most tests share: one started here, or the one at `E2E_BASE_URL`. What only a server of
//! one's own can show (its memory, its death) starts a [`server::Server`].
//!
//! # Invariants
//! * Nothing here waits for time to pass: [`poll`] looks a bounded number of times.
//! * No process outlives the test that started it, however the test ends ([`guard`]).

#![allow(clippy::missing_panics_doc, reason = "a panic is how a test fails")]

pub mod aws;
pub mod binary;
pub mod chance;
pub mod cloud;
pub mod command;
pub mod duckdb;
pub mod emulator;
pub mod execution;
pub mod guard;
pub mod http;
pub mod lock;
pub mod multipart;
pub mod poll;
pub mod python;
pub mod server;
pub mod shape;
pub mod site;
pub mod space;
pub mod sse;
pub mod tools;
pub mod venv;
pub mod watch;
