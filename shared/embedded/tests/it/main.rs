//! The embedded adapters through their public faces, one binary.

#![allow(clippy::unwrap_used, reason = "in a test it is how to fail")]

mod blobs;
mod conformance;
mod crash;
mod feed;
mod queue;
mod store;
