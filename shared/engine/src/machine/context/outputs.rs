//! `outputs` and `tasks`: the task runs, looked up by the values they ran for.

use std::borrow::Cow;

use expression::{Lookup, Map, Value};
use serde_json::{Map as JsonMap, Value as Json};

use super::text;
use crate::execution::Found;

/// `outputs.<task id>`, and below it the values of the runs around and its own: `outputs.x['outer']['own'].uri`.
///
/// Of runs for the same values the newest counts that has outputs, so that one that has only begun hides nothing.
pub(super) struct Outputs<'c>(pub(super) Found<'c>);

impl Outputs<'_> {
    pub(super) fn all(&self) -> Value<'_> {
        Value::Map(Map::Lookup(self, Found::ROOT))
    }

    fn of_run(&self, at: usize) -> Option<&JsonMap<String, Json>> {
        let mut outputs = self.0.runs(at).map(|run| &run.outputs);
        let newest = outputs.next()?;
        if newest.is_empty() {
            outputs.find(|outputs| !outputs.is_empty()).or(Some(newest))
        } else {
            Some(newest)
        }
    }
}

impl Lookup for Outputs<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        let Some(below) = self.0.below(at, key) else {
            return self.of_run(at)?.get(key).map(Value::from);
        };
        if self.0.keys(below).len() == 0 {
            return self.of_run(below).map(|outputs| Value::Map(Map::Borrowed(outputs)));
        }
        Some(Value::Map(Map::Lookup(self, below)))
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let outputs = self.of_run(at).into_iter().flat_map(JsonMap::keys).map(String::as_str);
        let outputs = outputs.filter(|key| self.0.below(at, key).is_none());
        self.0.keys(at).chain(outputs).take(count).map(Cow::Borrowed).collect()
    }
}

/// `tasks.<task id>.state` of the newest run, or `tasks.<task id>['value'].state`. Kestra: only the run's own value.
pub(super) struct States<'c>(pub(super) Found<'c>);

const STATE: &str = "state";

impl States<'_> {
    pub(super) fn all(&self) -> Value<'_> {
        Value::Map(Map::Lookup(self, Found::ROOT))
    }
}

impl Lookup for States<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        if let Some(below) = self.0.below(at, key) {
            return Some(Value::Map(Map::Lookup(self, below)));
        }
        let newest = self.0.runs(at).next()?;
        (key == STATE).then(|| text(newest.state.current().name()))
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let state = self.0.runs(at).next().map(|_| STATE).filter(|key| self.0.below(at, key).is_none());
        self.0.keys(at).chain(state).take(count).map(Cow::Borrowed).collect()
    }
}
