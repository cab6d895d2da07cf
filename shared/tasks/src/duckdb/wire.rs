//! What the server and the program that links DuckDB tell each other, as JSON in files.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Relative to the working directory, as all paths here.
pub const REQUEST: &str = ".roundtrip/request.json";

pub const ANSWER: &str = ".roundtrip/answer.json";

/// One row a line, as ION. There when [`Fetch::Store`] was asked for and the last statement gives rows.
pub const ROWS: &str = ".roundtrip/rows.ion";

/// The database, when it is brought or wanted as a file.
pub const DATABASE: &str = ".roundtrip/database.db";

/// Where DuckDB puts what does not fit into memory, and the extensions it loads.
pub const SPILL: &str = ".roundtrip/spill";

/// Bytes of the rows that are outputs. A task run has a megabyte for all of its outputs.
pub const FETCH_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of a request or an answer.
pub const MESSAGE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Bytes of any file that a query writes, and of all that it spills.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// A query gets this part of the machine's memory, within [`MEMORY_BYTES_MIN`] and [`MEMORY_BYTES_MAX`].
pub const MEMORY_SHARE: u64 = 8;

pub const MEMORY_BYTES_MIN: u64 = 256 * 1024 * 1024;

pub const MEMORY_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Threads of a query.
pub const THREADS: usize = 2;

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// A file of the database, below the working directory; in memory otherwise.
    pub database: Option<String>,
    /// Of DuckDB's own, to be fetched and loaded first; takes `network`.
    pub extensions: Vec<String>,
    /// Whether URLs may be read.
    pub network: bool,
    /// The zone in which times without one are meant.
    pub time_zone: String,
    pub statements: Vec<Statement>,
    pub fetch: Fetch,
}

/// One statement.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Parameters are `$1` and so on.
    pub sql: String,
    pub parameters: Vec<Json>,
    /// Whether its result is rows, and no count of what it did.
    pub gives_rows: bool,
}

/// What becomes of the rows of the last statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fetch {
    Nothing,
    All,
    One,
    Store,
}

/// What came of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// Why it failed; the rest is empty then.
    pub problem: Option<String>,
    /// Whether the last statement gave rows.
    pub has_rows: bool,
    /// Those that are outputs.
    pub rows: Vec<Map<String, Json>>,
    /// How many were fetched or stored.
    pub size: u64,
}
