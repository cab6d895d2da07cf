//! The ports on AWS: their promises, and what they do beyond them, on the emulator.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod answers;
mod blobs;
mod emulator;
mod feed;
mod home;
mod queue;
mod replies;
mod store;
