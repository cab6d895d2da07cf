//! Giving a file or a directory another path.
//!
//! The blobs stay where they are: only items change.

use ports::store::{WRITES_MAX, Write};

use super::{
    FilePath, Place,
    item::{Body, Entry},
};
use crate::{Error, Service};

impl Service {
    /// A file takes the place of one that stands there. What is in a directory comes beside what stands there, so many
    /// files at once as a commit holds: what is broken off may be repeated.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when it cannot stand there; `IllegalState` when a file of a directory has no place there;
    /// `Contention` when others change the same file.
    pub(super) async fn rename(&self, place: Place<'_>, from: &FilePath, to: &FilePath) -> Result<(), Error> {
        if from == to {
            return Ok(());
        }
        if let Some(file) = self.entry(place, from.as_str()).await? {
            return self.rename_file(place, &file, to).await;
        }
        let entries = self.entries(place, &from.below()).await?;
        if entries.is_empty() {
            return Err(not_there(from));
        }
        if to.below().starts_with(&from.below()) {
            let (from, to) = (from.as_str(), to.as_str());
            return Err(Error::argument(format!("`/{from}` cannot be moved into itself, to `/{to}`")));
        }
        self.check_way(place, to).await?;
        if self.entry(place, to.as_str()).await?.is_some() {
            return Err(Error::argument(format!("`/{}` is a file", to.as_str())));
        }
        for some in entries.chunks(WRITES_MAX / 2) {
            let mut writes = Vec::with_capacity(some.len() * 2);
            for entry in some {
                let rest = entry.sort.strip_prefix(from.as_str()).unwrap_or_default();
                writes.extend(moved(place, entry, &format!("{}{rest}", to.as_str()), None)?);
            }
            self.store().commit(writes).await.map_err(Error::from).map_err(|error| match error {
                Error::Contention(_) => Error::IllegalState(format!(
                    "not all files could be moved: one of the same path is below `/{}`, or others change them",
                    to.as_str()
                )),
                other => other,
            })?;
        }
        Ok(())
    }

    async fn rename_file(&self, place: Place<'_>, file: &Entry, to: &FilePath) -> Result<(), Error> {
        self.check_room_for_file(place, to).await?;
        let replaced = self.entry(place, to.as_str()).await?;
        self.store().commit(moved(place, file, to.as_str(), replaced.as_ref())?.into()).await?;
        if let Some(Entry { body: Body { blob: Some(blob), .. }, .. }) = replaced {
            self.forget_blob(&blob).await;
        }
        Ok(())
    }
}

fn moved(place: Place<'_>, entry: &Entry, to: &str, replaced: Option<&Entry>) -> Result<[Write; 2], Error> {
    FilePath::new(to.trim_end_matches('/'))?;
    Ok([entry.body.put(place, to, replaced)?, entry.removal(place)])
}

pub(crate) fn not_there(path: &FilePath) -> Error {
    Error::NotFound(format!("File not found: /{}", path.as_str()))
}
