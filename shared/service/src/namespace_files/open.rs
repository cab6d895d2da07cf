//! Reading a file.

use std::ops::Range;

use ports::blobs::{self, Facts, Reading};

use super::{FilePath, Place, TRIES_MAX, item::Body};
use crate::{Error, Service, settings::DOOR_VALID};

impl Service {
    /// A file, or a part of it; `None` when there is none.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn open_file(
        &self,
        place: Place<'_>,
        path: &FilePath,
        range: Option<Range<u64>>,
    ) -> Result<Option<Reading>, Error> {
        // A blob may be replaced between the item and its first byte; then the item names another.
        for _ in 0..TRIES_MAX {
            let Some((_, blob)) = self.whereabouts(place, path).await? else { return Ok(None) };
            match self.shared.outside.blobs.get(&blob, range.clone()).await {
                Err(blobs::Error::NotFound(_)) => {}
                reading => return Ok(Some(reading?)),
            }
        }
        Err(replaced_again(path))
    }

    /// What is known of a file; `None` when there is none.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn facts_of_file(
        &self,
        place: Place<'_>,
        path: &FilePath,
    ) -> Result<Option<Facts>, Error> {
        for _ in 0..TRIES_MAX {
            let Some((_, blob)) = self.whereabouts(place, path).await? else { return Ok(None) };
            match self.shared.outside.blobs.facts(&blob).await {
                Err(blobs::Error::NotFound(_)) => {}
                facts => return Ok(Some(facts?)),
            }
        }
        Err(replaced_again(path))
    }

    /// Bytes of a file; `None` when there is none.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn size_of_file(&self, place: Place<'_>, path: &FilePath) -> Result<Option<u64>, Error> {
        Ok(self.whereabouts(place, path).await?.map(|(body, _)| body.size))
    }

    /// Where whoever has the URL may fetch it, past this process.
    pub(crate) async fn url_of_file(
        &self,
        place: Place<'_>,
        path: &FilePath,
    ) -> Result<Option<String>, Error> {
        let Some((_, blob)) = self.whereabouts(place, path).await? else { return Ok(None) };
        Ok(self.shared.outside.blobs.download_url(&blob, DOOR_VALID).await?)
    }

    async fn whereabouts(
        &self,
        place: Place<'_>,
        path: &FilePath,
    ) -> Result<Option<(Body, blobs::Path)>, Error> {
        let Some(entry) = self.entry(place, path.as_str()).await? else { return Ok(None) };
        let blob = entry.body.blob.as_deref().unwrap_or_default();
        let blob = blobs::Path::new(blob).map_err(|error| Error::Locked(error.to_string()))?;
        Ok(Some((entry.body, blob)))
    }
}

fn replaced_again(path: &FilePath) -> Error {
    Error::Contention(format!("the file '{}' is replaced again and again", path.as_str()))
}
