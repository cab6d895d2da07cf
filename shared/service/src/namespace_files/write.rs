//! Writing a file.

use ports::{
    blobs::ByteStream,
    engine::Existing,
    store::{Direction, Range, Write},
};

use super::{
    FilePath, Place, TRIES_MAX,
    item::{Body, Entry},
};
use crate::{Class, Error, Service};

impl Service {
    /// Writes a file; whether it was written: one that is there may be kept.
    ///
    /// # Errors
    /// `Invalid` where a file cannot stand, or when what is sent breaks off; `TooLarge`; `Contention`.
    pub(crate) async fn write_file(
        &self,
        place: Place<'_>,
        path: &FilePath,
        content: ByteStream,
        existing: Existing,
    ) -> Result<bool, Error> {
        if existing == Existing::Kept && self.entry(place, path.as_str()).await?.is_some() {
            return Ok(false);
        }
        self.check_room_for_file(place, path).await?;
        let blob = self.new_blob(place, path)?;
        let limit = self.shared.settings.file_bytes_max;
        let size = self.shared.outside.blobs.put(&blob, content, limit).await?;
        let now = self.now();
        for _ in 0..TRIES_MAX {
            let replaced = self.entry(place, path.as_str()).await?;
            if existing == Existing::Kept && replaced.is_some() {
                self.forget_blob(blob.as_str()).await;
                return Ok(false);
            }
            let created_at = replaced.as_ref().map_or(now, |it| it.body.created_at);
            let body = Body { blob: Some(blob.as_str().to_owned()), size, created_at, modified_at: now };
            match self.commit_file(place, path, body.put(place, path.as_str(), replaced.as_ref())?).await {
                Ok(()) => {
                    if let Some(Entry { body: Body { blob: Some(blob), .. }, .. }) = replaced {
                        self.forget_blob(&blob).await;
                    }
                    return Ok(true);
                }
                Err(error) => match error.class() {
                    Class::Contention => {}
                    // It may have taken place: an item may name the blob.
                    Class::Transient => return Err(error),
                    Class::Caller | Class::Bug => {
                        self.forget_blob(blob.as_str()).await;
                        return Err(error);
                    }
                },
            }
        }
        self.forget_blob(blob.as_str()).await;
        Err(Error::Contention(format!("the file '{}' is written by others again and again", path.as_str())))
    }

    /// Commits once, so that a conflict says that nothing was written. When the store does not answer, what is stored
    /// tells whether it took place: no other write has this body.
    async fn commit_file(&self, place: Place<'_>, path: &FilePath, put: Write) -> Result<(), Error> {
        let Write::Put { key, content, .. } = &put else {
            return Err(Error::Internal(format!("a file is put: {}", path.as_str())));
        };
        let (key, body) = (key.clone(), content.body.clone());
        let Err(error) = self.store().commit(vec![put]).await.map_err(Error::from) else { return Ok(()) };
        if error.class() == Class::Transient
            && self.store().get(&key).await?.is_some_and(|item| item.content.body == body)
        {
            tracing::debug!(namespace = place.namespace, "a write of which nothing was heard took place");
            return Ok(());
        }
        Err(error)
    }

    /// Whether no file stands in the way to this one, and no directory in its place. Two who write at the same moment
    /// may both find room; no file is lost by it, but no directory on disk takes both.
    pub(super) async fn check_room_for_file(&self, place: Place<'_>, path: &FilePath) -> Result<(), Error> {
        self.check_way(place, path).await?;
        if self.is_directory(place, path).await? {
            return Err(Error::argument(format!("`/{}` is a directory", path.as_str())));
        }
        Ok(())
    }

    /// Whether no file stands where a directory on the way should be.
    pub(super) async fn check_way(&self, place: Place<'_>, path: &FilePath) -> Result<(), Error> {
        for directory in path.directories() {
            if self.entry(place, directory).await?.is_some() {
                return Err(Error::argument(format!(
                    "`/{directory}` is a file, and nothing stands below one"
                )));
            }
        }
        Ok(())
    }

    /// Whether anything stands below it, or it was asked for.
    pub(super) async fn is_directory(&self, place: Place<'_>, path: &FilePath) -> Result<bool, Error> {
        let prefix = path.below();
        let first = Range { prefix: &prefix, after: None, direction: Direction::Ascending, limit: 1 };
        Ok(!self.store().query(&place.partition(), first).await?.is_empty())
    }

    /// Makes a directory; one that is there stays as it is.
    pub(super) async fn write_directory(&self, place: Place<'_>, path: &FilePath) -> Result<(), Error> {
        self.check_way(place, path).await?;
        if self.entry(place, path.as_str()).await?.is_some() {
            return Err(Error::argument(format!("`/{}` is a file", path.as_str())));
        }
        if self.entry(place, &path.below()).await?.is_none() {
            let put = Body::directory(self.now()).put(place, &path.below(), None)?;
            self.store().commit(vec![put]).await?;
        }
        Ok(())
    }
}
