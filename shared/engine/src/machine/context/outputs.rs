//! `outputs` and `tasks`: the task runs, looked up by the values they ran for.

use std::borrow::Cow;

use expression::{Lookup, Map, Value};

use super::{opened::Opened, text};
use crate::execution::{Found, TaskRun, TaskRuns};

/// `outputs.<task id>`, and below it the values of the runs around and its own: `outputs.x['outer']['own'].uri`.
///
/// Of runs for the same values the newest counts that has outputs, so that one that has only begun hides nothing.
pub(super) struct Outputs<'c> {
    pub(super) runs: &'c TaskRuns,
    pub(super) opened: Opened<'c>,
}

impl<'c> Outputs<'c> {
    pub(super) fn all(&self) -> Value<'_> {
        Value::Map(Map::Lookup(self, Found::ROOT))
    }

    fn found(&self) -> Found<'c> {
        self.runs.by_values()
    }

    /// The outputs of a run.
    pub(super) fn of(&self, run: &'c TaskRun) -> Value<'_> {
        if run.has_encrypted {
            self.opened.map(&run.outputs)
        } else {
            Value::Map(Map::Borrowed(&run.outputs))
        }
    }

    fn run(&self, at: usize) -> Option<&'c TaskRun> {
        let mut runs = self.found().runs(at);
        let newest = runs.next()?;
        if newest.outputs.is_empty() {
            runs.find(|run| !run.outputs.is_empty()).or(Some(newest))
        } else {
            Some(newest)
        }
    }
}

impl Lookup for Outputs<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        let Some(below) = self.found().below(at, key) else {
            let run = self.run(at)?;
            return if run.has_encrypted {
                self.opened.get_in(&run.outputs, key)
            } else {
                run.outputs.get(key).map(Value::from)
            };
        };
        if self.found().keys(below).len() == 0 {
            return self.run(below).map(|run| self.of(run));
        }
        Some(Value::Map(Map::Lookup(self, below)))
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let run = self.run(at);
        let (encrypted, plain) = (run.filter(|it| it.has_encrypted), run.filter(|it| !it.has_encrypted));
        let plain = plain.into_iter().flat_map(|run| run.outputs.keys()).map(String::as_str);
        let encrypted = encrypted.into_iter().flat_map(|run| self.opened.keys_in(&run.outputs));
        let outputs = plain.chain(encrypted);
        let outputs = outputs.filter(|key| self.found().below(at, key).is_none());
        self.found().keys(at).chain(outputs).take(count).map(Cow::Borrowed).collect()
    }
}

/// `tasks.<task id>.state` of the newest run, or `tasks.<task id>['value'].state`. Kestra: only the run's own value.
pub(super) struct States<'c>(pub(super) &'c TaskRuns);

const STATE: &str = "state";

impl<'c> States<'c> {
    pub(super) fn all(&self) -> Value<'_> {
        Value::Map(Map::Lookup(self, Found::ROOT))
    }

    fn found(&self) -> Found<'c> {
        self.0.by_own_value()
    }
}

impl Lookup for States<'_> {
    fn get(&self, at: usize, key: &str) -> Option<Value<'_>> {
        if let Some(below) = self.found().below(at, key) {
            return Some(Value::Map(Map::Lookup(self, below)));
        }
        let newest = self.found().runs(at).next()?;
        (key == STATE).then(|| text(newest.state.current().name()))
    }

    fn keys(&self, at: usize, count: usize) -> Vec<Cow<'_, str>> {
        let state =
            self.found().runs(at).next().map(|_| STATE).filter(|key| self.found().below(at, key).is_none());
        self.found().keys(at).chain(state).take(count).map(Cow::Borrowed).collect()
    }
}
