//! Which files there are.

use std::collections::BTreeMap;

use ports::store::{Direction, PAGE_ITEMS_MAX, Range};

use super::{FileAttributes, LISTED_MAX, Place, item::Entry};
use crate::{Error, Service};

impl Service {
    /// Everything whose path begins so, in order; directories that were asked for as well.
    ///
    /// # Errors
    /// `Invalid` when there are more than [`LISTED_MAX`].
    pub(super) async fn entries(&self, place: Place<'_>, prefix: &str) -> Result<Vec<Entry>, Error> {
        let partition = place.partition();
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let after = entries.last().map(|it| it.sort.as_str());
            let range = Range { prefix, after, direction: Direction::Ascending, limit: PAGE_ITEMS_MAX };
            let items = self.store().query(&partition, range).await?;
            let is_last = items.len() < PAGE_ITEMS_MAX;
            for item in items {
                entries.push(Entry::of(item)?);
            }
            if entries.len() > LISTED_MAX {
                return Err(Error::argument(format!(
                    "there are more than {LISTED_MAX} files below `/{prefix}` of the namespace '{}'",
                    place.namespace
                )));
            }
            if is_last {
                return Ok(entries);
            }
        }
    }

    /// The files of a namespace, in the order of their paths.
    ///
    /// # Errors
    /// As [`Self::entries`].
    pub(crate) async fn files_of(&self, place: Place<'_>) -> Result<Vec<FileAttributes>, Error> {
        let entries = self.entries(place, "").await?;
        Ok(entries.iter().filter(|it| !it.is_directory()).map(Entry::attributes).collect())
    }
}

/// What stands in a directory itself, in order. `prefix` is the path of the directory with a slash, empty for the root.
pub(super) fn children(entries: &[Entry], prefix: &str) -> Vec<FileAttributes> {
    let mut children: BTreeMap<&str, FileAttributes> = BTreeMap::new();
    for entry in entries {
        let Some(rest) = entry.sort.strip_prefix(prefix).filter(|rest| !rest.is_empty()) else { continue };
        let Some((name, _)) = rest.split_once('/') else {
            children.insert(rest, entry.attributes());
            continue;
        };
        let directory = whole(std::iter::once(entry), &format!("{prefix}{name}"));
        let known = children.entry(name).or_insert_with(|| directory.clone());
        known.created_at = known.created_at.min(directory.created_at);
        known.modified_at = known.modified_at.max(directory.modified_at);
    }
    children.into_values().collect()
}

/// A directory with what is in it: as old as the oldest of that, and changed when the newest was.
pub(super) fn whole<'a>(entries: impl Iterator<Item = &'a Entry> + Clone, path: &str) -> FileAttributes {
    let created_at = entries.clone().map(|it| it.body.created_at).min();
    let modified_at = entries.map(|it| it.body.modified_at).max();
    let never = engine::time::Timestamp::from_millis(0);
    FileAttributes {
        path: path.to_owned(),
        is_directory: true,
        size: 0,
        created_at: created_at.unwrap_or(never),
        modified_at: modified_at.unwrap_or(never),
    }
}
