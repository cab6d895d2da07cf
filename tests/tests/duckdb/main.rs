//! `io.kestra.plugin.jdbc.duckdb.Query` with DuckDB itself: a real server, the real program beside it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod desk;
mod ends;
mod files;
mod hostile;
mod rows;
mod stored;
