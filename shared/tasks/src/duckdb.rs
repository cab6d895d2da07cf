//! `io.kestra.plugin.jdbc.duckdb.Query`: SQL over files, in a process of its own.
//!
//! DuckDB is a large library that reads and writes any file, opens connections by itself and is given its program by
//! whoever writes flows. So it is not linked here: [`PROGRAM`], which links it, is started for each attempt as a
//! script is (`process`), with an empty environment and a working directory, and locks itself in before it sees the
//! SQL. A crash, or a query that needs too much memory, ends an attempt and nothing else.
//!
//! ```text
//! <working directory>/in.csv                     inputFiles
//! <working directory>/.roundtrip/request.json    what to do (`wire::Request`)
//! <working directory>/.roundtrip/answer.json     what came of it (`wire::Answer`)
//! <working directory>/.roundtrip/rows.ion        the rows, when they are stored
//! ```

mod extension;
mod properties;
mod query;
mod sql;
pub mod wire;

use std::path::PathBuf;

pub use self::properties::QUERY;
pub(crate) use self::query::Query;

/// The program that links DuckDB. It is looked for beside this one.
pub const PROGRAM: &str = "roundtrip-duckdb";

/// Queries that run at the same time in one server; others wait. With `wire::MEMORY_SHARE` it bounds what they take.
pub const RUNNING_MAX: usize = 4;

/// How queries are run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where [`PROGRAM`] is.
    pub program: PathBuf,
    /// Whether queries may read what is not on this machine. DuckDB opens its own connections, which nobody guards:
    /// it reaches whatever this machine reaches.
    pub network: bool,
}

impl Settings {
    /// With the program beside this one, when there is one.
    pub fn found(network: bool) -> Option<Self> {
        let program = std::env::current_exe().ok()?.with_file_name(PROGRAM);
        program.is_file().then_some(Self { program, network })
    }
}
