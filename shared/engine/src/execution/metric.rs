//! What tasks measure of themselves.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use serde_json::Number;

/// Metrics that one attempt keeps.
pub const METRICS_MAX: usize = 1_000;
/// Bytes of metrics that the attempts of one task run keep together, counted as [`Metric::bytes`] does.
pub const METRIC_BYTES_MAX: usize = 64 * 1024;

/// About what a metric takes besides its name and its tags.
const METRIC_BYTES: usize = 16;

/// One measurement of an attempt. Kestra: a metric entry.
///
/// Stored as `["name",value]`, with a letter for the kind when it is no counter, and with tags when there are some:
/// every run of the cheapest tasks has two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    pub name: String,
    pub kind: MetricKind,
    /// As it is served: of a timer, milliseconds.
    pub value: Number,
    pub tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetricKind {
    #[default]
    #[serde(rename = "c")]
    Counter,
    #[serde(rename = "t")]
    Timer,
    #[serde(rename = "g")]
    Gauge,
}

impl MetricKind {
    /// Kestra's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Timer => "timer",
            Self::Gauge => "gauge",
        }
    }
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

    /// About what it takes where it is stored.
    pub fn bytes(&self) -> usize {
        let tags: usize = self.tags.iter().map(|(key, value)| key.len() + value.len() + 6).sum();
        METRIC_BYTES + self.name.len() + tags
    }

    /// What the log says of those that were too many.
    pub fn not_kept(count: usize) -> String {
        format!(
            "{count} more metrics were not kept: an attempt may have {METRICS_MAX} of them, and all of a task run \
             {METRIC_BYTES_MAX} bytes"
        )
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, kind, value, tags } = self;
        match (kind, tags.is_empty()) {
            (MetricKind::Counter, true) => (name, value).serialize(serializer),
            (MetricKind::Timer | MetricKind::Gauge, true) => (name, value, kind).serialize(serializer),
            (_, false) => (name, value, kind, tags).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Stored)
    }
}

struct Stored;

impl<'de> Visitor<'de> for Stored {
    type Value = Metric;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name and the value of a metric, its kind and its tags")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut stored: A) -> Result<Metric, A::Error> {
        let missing = |at| serde::de::Error::invalid_length(at, &self);
        Ok(Metric {
            name: stored.next_element()?.ok_or_else(|| missing(0))?,
            value: stored.next_element()?.ok_or_else(|| missing(1))?,
            kind: stored.next_element()?.unwrap_or_default(),
            tags: stored.next_element()?.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests;
