//! Tasks that somebody wants skipped before their turn comes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// One of them. Its runs are SKIPPED when their turn comes, with this input and these outputs; in a loop, in each round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// The task's id, which is its reference.
    #[serde(rename = "t")]
    pub task_id: String,
    #[serde(rename = "i", default, skip_serializing_if = "Map::is_empty")]
    pub input: Map<String, Json>,
    #[serde(rename = "o", default, skip_serializing_if = "Map::is_empty")]
    pub outputs: Map<String, Json>,
}
