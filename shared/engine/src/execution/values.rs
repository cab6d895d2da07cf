//! Task runs found by the values they ran for, without a search: `outputs.<task id>['outer']['own']`.

use std::sync::Arc;

use foldhash::HashMap;

use super::TaskRun;

/// Maps inside maps: task ids first, values below them. Maps are told apart by their number.
#[derive(Debug, Clone)]
pub(super) struct Values {
    maps: Vec<Place>,
}

#[derive(Debug, Clone, Default)]
struct Place {
    /// Where the map below each key stands, and the keys in order of their first run.
    below: HashMap<Arc<str>, usize>,
    keys: Vec<Arc<str>>,
    /// The runs that stand here, oldest first.
    runs: Vec<usize>,
}

impl Default for Values {
    fn default() -> Self {
        Self { maps: vec![Place::default()] }
    }
}

impl Values {
    /// Of the runs that have these paths, in order of creation.
    pub(super) fn of<'k, P: IntoIterator<Item = &'k str>>(paths: impl Iterator<Item = P>) -> Self {
        let mut values = Self::default();
        for (run, path) in paths.enumerate() {
            values.insert(path, run);
        }
        values
    }

    pub(super) fn insert<'k>(&mut self, path: impl IntoIterator<Item = &'k str>, run: usize) {
        let mut at = Found::ROOT;
        for key in path {
            at = if let Some(below) = self.maps[at].below.get(key) {
                *below
            } else {
                let (key, below) = (Arc::from(key), self.maps.len());
                self.maps[at].keys.push(Arc::clone(&key));
                self.maps[at].below.insert(key, below);
                self.maps.push(Place::default());
                below
            };
        }
        self.maps[at].runs.push(run);
    }

    pub(super) fn found<'e>(&'e self, runs: &'e [TaskRun]) -> Found<'e> {
        Found { values: self, runs }
    }
}

/// The task runs of an execution by the values they ran for.
#[derive(Debug, Clone, Copy)]
pub struct Found<'e> {
    values: &'e Values,
    runs: &'e [TaskRun],
}

impl<'e> Found<'e> {
    /// The map whose keys are task ids.
    pub const ROOT: usize = 0;

    /// The map below a key.
    pub fn below(self, at: usize, key: &str) -> Option<usize> {
        self.map(at).below.get(key).copied()
    }

    /// In order of their first run.
    pub fn keys(self, at: usize) -> impl ExactSizeIterator<Item = &'e str> {
        self.map(at).keys.iter().map(|key| &**key)
    }

    /// The runs that stand here and not below, newest first: more than one when a task ran again for the same values.
    pub fn runs(self, at: usize) -> impl Iterator<Item = &'e TaskRun> {
        self.map(at).runs.iter().rev().map(move |index| {
            #[cfg(test)]
            looks::count();
            &self.runs[*index]
        })
    }

    fn map(self, at: usize) -> &'e Place {
        #[cfg(test)]
        looks::count();
        &self.values.maps[at]
    }
}

/// How often the tests' own thread looked at something that grows with the number of runs.
#[cfg(test)]
pub(crate) mod looks {
    use std::cell::Cell;

    thread_local! { static LOOKS: Cell<usize> = const { Cell::new(0) }; }

    pub(in crate::execution) fn count() {
        LOOKS.set(LOOKS.get() + 1);
    }

    /// Since the last call.
    pub(crate) fn taken() -> usize {
        LOOKS.take()
    }
}
