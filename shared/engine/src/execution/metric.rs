//! What tasks measure of themselves.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// One measurement of an attempt. Kestra: a metric entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    pub name: String,
    pub kind: MetricKind,
    /// As it is served: of a timer, milliseconds.
    pub value: Number,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricKind {
    Counter,
    Timer,
    Gauge,
}

impl Metric {
    /// So many of something.
    pub fn counter(name: impl Into<String>, value: impl Into<Number>) -> Self {
        Self { name: name.into(), kind: MetricKind::Counter, value: value.into(), tags: BTreeMap::new() }
    }

    /// How long something took, to the millisecond.
    pub fn timer(name: impl Into<String>, took: Duration) -> Self {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        Self { name: name.into(), kind: MetricKind::Timer, value: millis.into(), tags: BTreeMap::new() }
    }

    /// With a tag more.
    #[must_use]
    pub fn tagged(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }
}
