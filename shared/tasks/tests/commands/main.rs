//! What a flow can see of `io.kestra.plugin.scripts.shell.Commands`, with real processes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod environment;
mod files;
mod limits;
mod output;
mod properties;
mod stopping;
mod survivors;
mod world;
