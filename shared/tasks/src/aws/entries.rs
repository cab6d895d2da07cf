//! What a task sends, one entry after the other: from a property, or from a file of rows.

use serde_json::{Map, Value as Json};

use super::Work;
use crate::storage::{Items, Source, fields};

/// Entries that the services take in one call.
pub(super) const BATCH_MAX: usize = 10;

/// Entries that come in batches.
pub(super) enum Entries {
    Inline(std::vec::IntoIter<Json>),
    File { items: Items, read: std::vec::IntoIter<Map<String, Json>> },
}

/// One entry: a map.
pub(super) type Entry = Map<String, Json>;

impl Entries {
    /// Of a map, a list of maps, either of them in JSON, or the URI of a file with one entry a line.
    ///
    /// # Errors
    /// It is none of these, or there is no such file.
    pub(super) async fn of(work: Work<'_>, name: &str, given: Option<&Json>) -> Result<Self, String> {
        let wrong =
            || format!("`{name}` must be a map, a list of maps, or the URI of a file with one map a line");
        let given = match given {
            None => return Err(format!("`{name}` must not be null")),
            Some(Json::String(text)) if text.trim_start().starts_with("kestra:") => {
                let source = Source::new(work.attempt, text.trim().to_owned())?;
                let items = Items::open(&source, work.surroundings).await?;
                return Ok(Self::File { items, read: Vec::new().into_iter() });
            }
            Some(Json::String(text)) => serde_json::from_str(text).map_err(|_| wrong())?,
            Some(given) => given.clone(),
        };
        match given {
            Json::Array(entries) => Ok(Self::Inline(entries.into_iter())),
            entry @ Json::Object(_) => Ok(Self::Inline(vec![entry].into_iter())),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Err(wrong()),
        }
    }

    /// The next entry.
    ///
    /// # Errors
    /// It is no map, or the file cannot be read on.
    pub(super) async fn next(&mut self, work: Work<'_>) -> Result<Option<Entry>, String> {
        match self {
            Self::Inline(entries) => match entries.next() {
                None => Ok(None),
                Some(Json::Object(entry)) => Ok(Some(entry)),
                Some(other) => Err(format!("an entry must be a map, not `{other}`")),
            },
            Self::File { items, read } => {
                if read.len() == 0 {
                    let batch = items.batch().await?;
                    let mut sound = Vec::with_capacity(batch.len());
                    for fields in fields(&batch, work.attempt, work.surroundings).await? {
                        sound.push(fields?);
                    }
                    *read = sound.into_iter();
                }
                Ok(read.next())
            }
        }
    }
}

/// The fields of an entry; each is taken once, and none may be left.
pub(super) struct Fields {
    entry: Entry,
}

impl Fields {
    pub(super) fn new(entry: Entry) -> Self {
        Self { entry }
    }

    /// By any of its names; `null` is as good as absent.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<Json> {
        names.iter().filter_map(|name| self.entry.shift_remove(*name)).find(|it| !it.is_null())
    }

    /// A text; numbers and booleans are taken as theirs.
    ///
    /// # Errors
    /// It is a map or a list.
    pub(super) fn text(&mut self, names: &[&str]) -> Result<Option<String>, String> {
        match self.take(names) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(it @ (Json::Bool(_) | Json::Number(_))) => Ok(Some(it.to_string())),
            Some(Json::Null | Json::Array(_) | Json::Object(_)) => {
                Err(format!("`{}` must be a string", names[0]))
            }
        }
    }

    /// A list of texts; empty when absent.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn texts(&mut self, names: &[&str]) -> Result<Vec<String>, String> {
        let Some(list) = self.take(names) else { return Ok(Vec::new()) };
        serde_json::from_value(list).map_err(|_| format!("`{}` must be a list of strings", names[0]))
    }

    /// What is sent: a text as it is, anything else as JSON.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn content(&mut self, names: &[&str]) -> Result<String, String> {
        match self.take(names) {
            None => Err(format!("`{}` must not be null", names[0])),
            Some(Json::String(text)) => Ok(text),
            Some(other) => Ok(other.to_string()),
        }
    }

    /// # Errors
    /// There are fields that nobody knows.
    pub(super) fn finish(self) -> Result<(), String> {
        match self.entry.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("an entry has no field `{name}`")),
        }
    }
}
