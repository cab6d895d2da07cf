//! What a user can see: the documents' own examples, every behaviour over HTTP, and the command line.
//!
//! `api` and `python` need nothing but a base URL, and run against a deployment when `E2E_BASE_URL` names one, or
//! against what `E2E_TARGET` names (see `tests::site`); `seeds` and `process` look at servers of their own.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod api;
mod command_line;
mod conductor;
mod process;
mod python;
mod remote;
mod seeds;
