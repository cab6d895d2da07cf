//! Files that a task reads and writes, by their URIs.

use std::{ops::Range, sync::Arc};

use ports::{
    blobs::{self, Blobs, Path, Reading},
    run::{Attempt, Surroundings},
    uri,
};
use serde_json::Value as Json;

use crate::{items::Bucket, properties::Properties};

/// Bytes of an extension.
const EXTENSION_BYTES_MAX: usize = 64;

/// A file of the tenant that a property names.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) uri: String,
    pub(crate) path: Path,
}

impl Source {
    /// # Errors
    /// When the text is no URI of a file.
    pub(crate) fn new(attempt: &Attempt, uri: String) -> Result<Self, String> {
        let path = attempt.path_of(&uri).map_err(|_| {
            format!(
                "`{uri}` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv"
            )
        })?;
        Ok(Self { uri, path })
    }

    /// # Errors
    /// When there is no such file, or it cannot be read now.
    pub(crate) async fn open(&self, blobs: &dyn Blobs, range: Option<Range<u64>>) -> Result<Reading, String> {
        blobs.get(&self.path, range).await.map_err(|error| self.unread(error))
    }

    /// The error in the words of the flow, which knows URIs and no paths.
    pub(crate) fn unread(&self, error: blobs::Error) -> String {
        match error {
            blobs::Error::NotFound(_) => format!("there is no file {}", self.uri),
            error @ (blobs::Error::Source(_)
            | blobs::Error::TooLarge { .. }
            | blobs::Error::Unavailable(_)) => format!("{} cannot be read: {error}", self.uri),
        }
    }
}

/// A file that a task writes for its execution. Dropped before it is finished, it is not written at all.
pub(crate) struct Target {
    bucket: Bucket,
    path: Path,
}

impl Target {
    /// # Errors
    /// When no file can have the name.
    pub(crate) fn open(attempt: &Attempt, surroundings: &Surroundings, name: &str) -> Result<Self, String> {
        let path = Path::new(format!("{}/{name}", attempt.folder)).map_err(|error| error.to_string())?;
        Ok(Self { bucket: Bucket::open(&Arc::clone(&surroundings.blobs), path.clone()), path })
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.bucket.write(bytes).await;
    }

    /// Its URI, when it is there.
    ///
    /// # Errors
    /// When it could not be written.
    pub(crate) async fn finish(self) -> Result<Json, String> {
        self.bucket.finish().await.map_err(|error| format!("the file cannot be written: {error}"))?;
        uri::from_path(&self.path).map(Json::String).map_err(|error| error.to_string())
    }
}

/// The folder of the files of the execution: that of an attempt is `<folder of the execution>/tasks/<task>/<task run>`.
pub(super) fn execution_folder(attempt: &Attempt) -> Option<&str> {
    let mut segments = attempt.folder.rsplitn(4, '/');
    let (_run, _task, tasks) = (segments.next(), segments.next(), segments.next());
    segments.next().filter(|_| tasks == Some("tasks"))
}

/// The property `extension` as the end of a file's name: with its dot, and `.tmp` when absent (Kestra: the same).
pub(super) fn extension(properties: &mut Properties<'_>) -> String {
    let extension = match properties.text("extension") {
        Some(extension) if !extension.is_empty() => extension,
        Some(_) | None => return ".tmp".to_owned(),
    };
    let is_sound = |sign: char| !sign.is_control() && !matches!(sign, '/' | '\\');
    if extension.len() > EXTENSION_BYTES_MAX || !extension.chars().all(is_sound) {
        properties.problem(format!(
            "`extension` must be the end of a file's name such as .csv, without `/`, of {EXTENSION_BYTES_MAX} bytes \
             at most"
        ));
    }
    if extension.starts_with('.') { extension } else { format!(".{extension}") }
}
