//! The indexes of the store as a reader sees them who comes too early: each item as it was some writes ago.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use engine::time::Timestamp;
use ports::store::{Content, Direction, Due, Entry, Key, Listed, Range};
use tokio::time::Instant;

use super::Weather;

/// Later than this every reader sees a write.
const LAG_MAX: Duration = Duration::from_secs(2);
/// So many writes may be unseen at most.
const UNSEEN_MAX: usize = 64;

/// What an index knows of an item.
#[derive(Debug, Clone)]
struct Indexed {
    wake_at: Option<Timestamp>,
    entry: Option<Entry>,
}

type Entries = BTreeMap<Key, Indexed>;

/// What has been written, and how much of it everybody sees.
#[derive(Debug, Default)]
pub(super) struct Index {
    settled: Entries,
    /// Oldest first.
    underway: VecDeque<(Instant, Key, Option<Indexed>)>,
}

impl Index {
    pub(super) fn write(&mut self, key: Key, content: Option<&Content>) {
        let indexed =
            content.map(|content| Indexed { wake_at: content.wake_at, entry: content.entry.clone() });
        self.underway.push_back((Instant::now(), key, indexed));
    }

    /// What is due at `now`, the longest due first.
    pub(super) fn due(&mut self, weather: &Weather, now: Timestamp, limit: usize) -> Vec<Due> {
        let mut due: Vec<_> = self
            .seen(weather, |it| it.wake_at.is_some())
            .into_iter()
            .filter_map(|(key, indexed)| Some(Due { key, wake_at: indexed.wake_at? }))
            .filter(|due| due.wake_at <= now)
            .collect();
        due.sort_by_key(|due| due.wake_at);
        due.truncate(limit);
        due
    }

    pub(super) fn next_due(&mut self, weather: &Weather) -> Option<Timestamp> {
        self.seen(weather, |it| it.wake_at.is_some()).values().filter_map(|indexed| indexed.wake_at).min()
    }

    pub(super) fn list(&mut self, weather: &Weather, list: &str, range: Range<'_>) -> Vec<Listed> {
        let mut listed: Vec<_> = self
            .seen(weather, |it| it.entry.is_some())
            .into_iter()
            .filter_map(|(key, indexed)| Some((key, indexed.entry?)))
            .filter(|(_, entry)| entry.list == list && entry.place.starts_with(range.prefix))
            .map(|(key, Entry { place, summary, .. })| Listed { key, place, summary })
            .collect();
        listed.sort_by(|one, other| one.place.cmp(&other.place));
        match range.direction {
            Direction::Ascending => listed.retain(|it| range.after.is_none_or(|after| &*it.place > after)),
            Direction::Descending => {
                listed.reverse();
                listed.retain(|it| range.after.is_none_or(|after| &*it.place < after));
            }
        }
        listed.truncate(range.limit);
        listed
    }

    /// What somebody sees now; of what everybody sees, only what counts.
    fn seen(&mut self, weather: &Weather, counts: impl Fn(&Indexed) -> bool) -> Entries {
        let now = Instant::now();
        while let Some((written, _, _)) = self.underway.front()
            && (now.duration_since(*written) >= LAG_MAX || self.underway.len() > UNSEEN_MAX)
        {
            let (_, key, indexed) = self.underway.pop_front().unwrap();
            replace(&mut self.settled, key, indexed);
        }
        let settled = self.settled.iter().filter(|(_, indexed)| counts(indexed));
        let mut seen: Entries = settled.map(|(key, indexed)| (key.clone(), indexed.clone())).collect();
        // Of one item the later writes are not seen before the earlier ones.
        let mut behind = BTreeSet::new();
        for (_, key, indexed) in &self.underway {
            if behind.contains(key) {
                continue;
            }
            if weather.strikes(|climate| climate.lagging) {
                behind.insert(key);
            } else {
                replace(&mut seen, key.clone(), indexed.clone());
            }
        }
        seen
    }
}

fn replace(entries: &mut Entries, key: Key, indexed: Option<Indexed>) {
    match indexed {
        Some(indexed) => entries.insert(key, indexed),
        None => entries.remove(&key),
    };
}
