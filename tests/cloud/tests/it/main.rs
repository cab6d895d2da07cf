//! The ports on AWS: their promises, and what they do beyond them, on the emulator.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod blobs;
mod emulator;
mod home;
mod queue;
mod replies;
