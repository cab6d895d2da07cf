//! What a script measures of itself, as far as it is kept.

use std::collections::BTreeMap;

use engine::{
    duration,
    execution::{METRIC_BYTES_MAX, METRICS_MAX, Metric, MetricKind},
};
use serde::Deserialize;
use serde_json::{Map, Number, Value as Json};

/// A measurement as a script writes it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Written")]
pub(super) struct Measured(pub(super) Metric);

#[derive(Debug, Deserialize)]
struct Written {
    name: String,
    #[serde(rename = "type")]
    kind: Kind,
    value: Json,
    #[serde(default)]
    tags: Option<Map<String, Json>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Counter,
    Timer,
    Gauge,
}

impl TryFrom<Written> for Measured {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { name, kind, value, tags } = written;
        let wrong = |what: &str| format!("the value of the metric `{name}` is {value}, {what} is expected");
        let (kind, value) = match kind {
            Kind::Counter => (MetricKind::Counter, number(&value).ok_or_else(|| wrong("a number"))?),
            Kind::Gauge => (MetricKind::Gauge, number(&value).ok_or_else(|| wrong("a number"))?),
            Kind::Timer => {
                let expected = "a number of seconds or an ISO-8601 duration";
                (MetricKind::Timer, millis(&value).ok_or_else(|| wrong(expected))?)
            }
        };
        let tags = tags.unwrap_or_default().into_iter().filter(|(_, value)| !value.is_null());
        let tags = tags.map(|(key, value)| match value {
            Json::String(text) => Ok((key, text)),
            Json::Number(_) | Json::Bool(_) => Ok((key, value.to_string())),
            Json::Null | Json::Array(_) | Json::Object(_) => {
                Err(format!("the tag `{key}` of the metric `{name}` is {value}, a text is expected"))
            }
        });
        let tags = tags.collect::<Result<BTreeMap<_, _>, _>>()?;
        Ok(Self(Metric { name, kind, value, tags }))
    }
}

/// Kestra: a text that reads as a number is one.
fn number(value: &Json) -> Option<Number> {
    match value {
        Json::Number(number) => Some(number.clone()),
        Json::String(text) => text.trim().parse().ok().and_then(Number::from_f64),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Whole milliseconds. A script tells seconds; the Python client may tell negative ones.
fn millis(value: &Json) -> Option<Number> {
    if let Json::String(text) = value
        && let Ok(duration) = duration::parse(text)
    {
        return u64::try_from(duration.as_millis()).ok().map(Number::from);
    }
    let seconds = number(value)?.as_f64()?;
    // To the nanosecond first: 1.001 is a little less than that.
    Number::from_f64(((seconds * 1e9).round() / 1e6).floor())
}

/// What was measured so far: as much of it as the engine keeps.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    kept: Vec<Metric>,
    bytes: usize,
    not_kept: usize,
}

impl Metrics {
    pub(super) fn add(&mut self, metric: Metric) {
        let bytes = self.bytes + metric.bytes();
        if self.not_kept > 0 || self.kept.len() == METRICS_MAX || bytes > METRIC_BYTES_MAX {
            self.not_kept += 1;
        } else {
            self.bytes = bytes;
            self.kept.push(metric);
        }
    }

    /// How many were not kept, once.
    pub(super) fn take_not_kept(&mut self) -> Option<usize> {
        Some(std::mem::take(&mut self.not_kept)).filter(|count| *count > 0)
    }

    pub(super) fn take(&mut self) -> Vec<Metric> {
        std::mem::take(&mut self.kept)
    }
}
