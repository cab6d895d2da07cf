//! What only a deployment has: its queues, its roles, its clock, its doors, and what its functions say of themselves.
//!
//! `template.yaml` is deployed into an emulator of AWS, once for all tests here, whatever `E2E_TARGET` says. They run
//! one after the other: some stop the worker, and some count what the functions have logged.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod deployment;
mod doors;
mod groups;
mod logs;
mod notifier;
mod queue;
mod scheduler;
mod stream;
mod table;
