//! What a flow can see of the task types, with real processes and real files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod asking;
mod environment;
mod files;
mod gcp;
mod hostile;
mod http;
mod limits;
mod namespace;
mod output;
mod properties;
mod scripts;
mod sharing;
mod stopping;
mod storage;
mod survivors;
mod values;
mod world;
