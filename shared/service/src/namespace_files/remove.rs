//! Removing files.

use ports::store::WRITES_MAX;

use super::{FilePath, Place, TRIES_MAX, item::Entry};
use crate::{Class, Error, Service};

impl Service {
    /// Removes a file; whether there was one.
    ///
    /// # Errors
    /// `Contention`; the store's.
    pub(crate) async fn remove_one(&self, place: Place<'_>, path: &FilePath) -> Result<bool, Error> {
        for _ in 0..TRIES_MAX {
            let Some(entry) = self.entry(place, path.as_str()).await? else { return Ok(false) };
            if self.remove_entries(place, std::slice::from_ref(&entry)).await? {
                return Ok(true);
            }
        }
        Err(changing(path))
    }

    /// Removes a file, or a directory with everything below it: a hundred at a time, each whole. What had come to be
    /// below it meanwhile goes too. Whether there was anything.
    pub(super) async fn remove_all(&self, place: Place<'_>, path: &FilePath) -> Result<bool, Error> {
        let mut any = false;
        for _ in 0..TRIES_MAX {
            let mut entries = self.entries(place, &path.below()).await?;
            entries.extend(self.entry(place, path.as_str()).await?);
            if entries.is_empty() {
                return Ok(any);
            }
            any = true;
            for some in entries.chunks(WRITES_MAX) {
                self.remove_entries(place, some).await?;
            }
        }
        Err(changing(path))
    }

    /// Removes them as they were read; whether they still were so.
    async fn remove_entries(&self, place: Place<'_>, entries: &[Entry]) -> Result<bool, Error> {
        let removals = entries.iter().map(|it| it.removal(place)).collect();
        match self.store().commit(removals).await.map_err(Error::from) {
            Ok(()) => {}
            Err(error) if error.class() == Class::Contention => return Ok(false),
            Err(error) => return Err(error),
        }
        for blob in entries.iter().filter_map(|it| it.body.blob.as_deref()) {
            self.forget_blob(blob).await;
        }
        Ok(true)
    }
}

fn changing(path: &FilePath) -> Error {
    Error::Contention(format!("'{}' is changed by others again and again", path.as_str()))
}
