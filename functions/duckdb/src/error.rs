//! What can go wrong. All of it ends in the words of an answer.

use std::io;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// In DuckDB's own words: of the query, mostly.
    #[error("{0}")]
    DuckDb(#[from] duckdb::Error),
    #[error("the request cannot be read: {0}")]
    Request(#[from] serde_json::Error),
    #[error("the working directory: {0}")]
    Directory(#[from] io::Error),
    #[error("the limits of the process cannot be set: {0}")]
    Limits(#[from] rustix::io::Errno),
    /// Nothing is run then.
    #[error(
        "this system does not let a process give sockets up (seccomp), so no query can be run safely: {0}"
    )]
    Seccomp(#[from] seccompiler::Error),
    #[error("`timeZoneId`: {0}")]
    TimeZone(jiff::Error),
    #[error("the extension `{name}` cannot be had: {source}")]
    Extension { name: String, source: duckdb::Error },
    #[error("column `{column}` is of the type {kind}, which cannot be read here: cast it to VARCHAR")]
    Type { column: String, kind: String },
    #[error("column `{column}` holds {what}, which cannot be read here: cast it to VARCHAR")]
    Value { column: String, what: String },
    #[error("the rows have more than {0} bytes, which is too much for outputs: use `fetchType: STORE`")]
    TooMuch(usize),
}
