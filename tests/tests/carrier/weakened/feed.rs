//! The feed of what was written: of each key in its order, again and again from somewhere before, and the keys as it
//! comes.

use std::collections::BTreeMap;

use ports::store::{Change, Key};

use super::Weather;

/// Everything that was written, and how much of it has been told.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    by_key: BTreeMap<Key, Told>,
}

#[derive(Debug, Default)]
struct Told {
    changes: Vec<Change>,
    told: usize,
}

impl Feed {
    pub(super) fn write(&mut self, change: Change) {
        self.by_key.entry(change.key.clone()).or_default().changes.push(change);
    }

    /// What is told next, if anything has not been told yet.
    pub(crate) fn next(&mut self, weather: &Weather) -> Option<Change> {
        let mut waiting: Vec<_> =
            self.by_key.values_mut().filter(|key| key.told < key.changes.len()).collect();
        if waiting.is_empty() {
            return None;
        }
        let which = usize::try_from(weather.below(waiting.len())).unwrap();
        let key = &mut *waiting[which];
        if key.told > 0 && weather.strikes(|climate| climate.repeated) {
            key.told -= 1 + usize::try_from(weather.below(key.told)).unwrap();
        }
        key.told += 1;
        Some(key.changes[key.told - 1].clone())
    }

    /// Tells this one, and what came after it under its key, again: whoever heard it could not react.
    pub(crate) fn again(&mut self, change: &Change) {
        let key = self.by_key.get_mut(&change.key).unwrap();
        let place = key.changes.iter().position(|it| it == change).unwrap();
        key.told = key.told.min(place);
    }

    /// What was written under each key, in its order.
    pub(crate) fn histories(&self) -> impl Iterator<Item = (&Key, &[Change])> {
        self.by_key.iter().map(|(key, told)| (key, &*told.changes))
    }
}
