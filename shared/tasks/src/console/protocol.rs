//! What a script says to the engine: lines `::{json}::` on its output (Kestra: the same).

use engine::execution::Level;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::metrics::Measured;

/// One protocol line. Fields that are not known are passed over, as newer client libraries may write more.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Message {
    #[serde(default)]
    pub(crate) outputs: Option<Map<String, Json>>,
    #[serde(default)]
    pub(super) metrics: Option<Vec<Measured>>,
    #[serde(default)]
    pub(crate) logs: Option<Vec<Log>>,
}

/// A line of the log, with a level of its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Log {
    #[serde(deserialize_with = "level")]
    pub(crate) level: Level,
    pub(crate) message: String,
}

impl Message {
    /// Reads a line of the form `::{…}::`.
    ///
    /// # Errors
    /// What is wrong with the JSON, and where.
    pub(crate) fn read(line: &str) -> Result<Self, String> {
        let json = line.trim_start_matches("::").trim_end_matches("::");
        serde_json::from_str(json).map_err(|error| error.to_string())
    }
}

/// Kestra's levels in any case, and those of Python's logging.
fn level<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    let name = String::deserialize(deserializer)?.to_uppercase();
    let known = match name.as_str() {
        "WARNING" => Some(Level::Warn),
        "CRITICAL" | "FATAL" => Some(Level::Error),
        other => Level::from_name(other),
    };
    known.ok_or_else(|| {
        serde::de::Error::custom(format_args!(
            "unknown level `{name}`, expected one of TRACE, DEBUG, INFO, WARN, ERROR"
        ))
    })
}
