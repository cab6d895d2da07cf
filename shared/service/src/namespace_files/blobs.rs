//! Files as tasks read them: what the URI of a namespace's file names is the blob that holds it at the moment.

use std::{ops::Range, time::Duration};

use ports::{
    Answer,
    blobs::{Blobs, ByteStream, Error, Facts, Listed, Path, Reading},
    uri,
};

use super::{FilePath, Place};
use crate::Service;

/// The blobs of a service, and the files of namespaces by their paths.
#[derive(Debug)]
pub(crate) struct FilesOfTasks(pub(crate) Service);

impl FilesOfTasks {
    fn blobs(&self) -> &dyn Blobs {
        &*self.0.shared.outside.blobs
    }
}

impl Blobs for FilesOfTasks {
    fn put<'a>(&'a self, path: &'a Path, content: ByteStream, limit: u64) -> Answer<'a, Result<u64, Error>> {
        self.blobs().put(path, content, limit)
    }

    fn get<'a>(&'a self, path: &'a Path, range: Option<Range<u64>>) -> Answer<'a, Result<Reading, Error>> {
        let Some(file) = uri::as_namespace_file(path) else { return self.blobs().get(path, range) };
        Box::pin(async move {
            let (place, name) = named(path, &file)?;
            let found = self.0.open_file(place, &name, range).await.map_err(unavailable)?;
            found.ok_or_else(|| Error::NotFound(path.as_str().to_owned()))
        })
    }

    fn facts<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<Facts, Error>> {
        let Some(file) = uri::as_namespace_file(path) else { return self.blobs().facts(path) };
        Box::pin(async move {
            let (place, name) = named(path, &file)?;
            let found = self.0.facts_of_file(place, &name).await.map_err(unavailable)?;
            found.ok_or_else(|| Error::NotFound(path.as_str().to_owned()))
        })
    }

    fn size<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<u64, Error>> {
        let Some(file) = uri::as_namespace_file(path) else { return self.blobs().size(path) };
        Box::pin(async move {
            let (place, name) = named(path, &file)?;
            let found = self.0.size_of_file(place, &name).await.map_err(unavailable)?;
            found.ok_or_else(|| Error::NotFound(path.as_str().to_owned()))
        })
    }

    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.blobs().list_under(segments, after, limit)
    }

    fn upload_url<'a>(
        &'a self,
        path: &'a Path,
        size: u64,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        self.blobs().upload_url(path, size, valid)
    }

    fn download_url<'a>(
        &'a self,
        path: &'a Path,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        self.blobs().download_url(path, valid)
    }

    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, Error>> {
        self.blobs().delete_under(segments)
    }
}

/// A name that none can have names no file.
fn named<'a>(path: &Path, file: &'a uri::NamespaceFile<'a>) -> Result<(Place<'a>, FilePath), Error> {
    let name = Place::new(file.tenant, &file.namespace).and_then(|it| Ok((it, FilePath::new(file.path)?)));
    name.map_err(|_| Error::NotFound(path.as_str().to_owned()))
}

#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
fn unavailable(error: crate::Error) -> Error {
    Error::Unavailable(error.to_string())
}
