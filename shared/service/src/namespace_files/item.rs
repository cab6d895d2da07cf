//! A file as it is stored: partition `<tenant>/files/<namespace>`, under its path. A directory that was asked for
//! stands there too, with a slash at the end of its path.

use engine::{id::ExecutionId, time::Timestamp};
use ports::{
    blobs,
    store::{Condition, Content, Item, Key, Version, Write},
};
use serde::{Deserialize, Serialize};

use super::{FileAttributes, FilePath, Place};
use crate::{Error, Service, record};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Body {
    /// The blob with its bytes; none for a directory.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub(super) blob: Option<String>,
    /// Its bytes.
    #[serde(rename = "s", default)]
    pub(super) size: u64,
    #[serde(rename = "c")]
    pub(super) created_at: Timestamp,
    #[serde(rename = "m")]
    pub(super) modified_at: Timestamp,
}

/// An item as it is read.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The path; of a directory with a slash at its end.
    pub(super) sort: String,
    pub(super) version: Version,
    pub(super) body: Body,
}

impl Entry {
    pub(super) fn of(item: Item) -> Result<Self, Error> {
        Ok(Self { body: record::decode(&item.content.body)?, sort: item.key.sort, version: item.version })
    }

    pub(super) fn is_directory(&self) -> bool {
        self.sort.ends_with('/')
    }

    pub(super) fn attributes(&self) -> FileAttributes {
        FileAttributes {
            path: self.sort.trim_end_matches('/').to_owned(),
            is_directory: self.is_directory(),
            size: self.body.size,
            created_at: self.body.created_at,
            modified_at: self.body.modified_at,
        }
    }

    /// Removes it as it was read.
    pub(super) fn removal(&self, place: Place<'_>) -> Write {
        Write::Delete { key: key(place, &self.sort), condition: Condition::Version(self.version) }
    }
}

impl Body {
    pub(super) fn directory(now: Timestamp) -> Self {
        Self { blob: None, size: 0, created_at: now, modified_at: now }
    }

    /// Puts it where nothing stands but what it replaces. A directory may stand there already.
    pub(super) fn put(&self, place: Place<'_>, sort: &str, replaced: Option<&Entry>) -> Result<Write, Error> {
        let condition = match replaced {
            Some(replaced) => Condition::Version(replaced.version),
            None if self.blob.is_none() => Condition::None,
            None => Condition::Absent,
        };
        let content = Content { body: record::encode(self)?, ..Content::default() };
        Ok(Write::Put { key: key(place, sort), condition, content })
    }
}

pub(super) fn key(place: Place<'_>, sort: &str) -> Key {
    Key { partition: place.partition(), sort: sort.to_owned() }
}

impl Service {
    pub(super) async fn entry(&self, place: Place<'_>, sort: &str) -> Result<Option<Entry>, Error> {
        self.store().get(&key(place, sort)).await?.map(Entry::of).transpose()
    }

    /// A blob for one write of a file. It has no URI: it stands outside the files of the tenant.
    pub(super) fn new_blob(&self, place: Place<'_>, path: &FilePath) -> Result<blobs::Path, Error> {
        let Place { tenant, namespace } = place;
        let id = ExecutionId::from_u128(self.new_id());
        // The name last, as a download by URL is named after it.
        let text = format!("{tenant}/namespace-files/{namespace}/{id}/{}", path.name());
        blobs::Path::new(text).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Removes a blob that no item names any more. One that stays does no harm but to take room.
    pub(super) async fn forget_blob(&self, blob: &str) {
        let Some((folder, _)) = blob.rsplit_once('/') else { return };
        if let Err(error) = self.shared.outside.blobs.delete_under(folder).await {
            tracing::warn!(blob, %error, "the blob of a file that was replaced or removed is left");
        }
    }
}
