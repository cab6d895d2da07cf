//! The ports on AWS: their promises, and what they do beyond them, on the emulator.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod answers;
mod blobs;
mod costs;
mod emulator;
mod faults;
mod feed;
mod home;
mod proxy;
mod queue;
mod replies;
mod secrets;
mod store;
mod tasks;
