//! A file that somebody asks for by its URI, or by its path in a namespace.

use std::ops::Range;

use ports::blobs::{self, Facts, Path, Reading};

use crate::{
    Error, Service,
    namespace_files::{FilePath, Place, not_there},
    settings::DOOR_VALID,
};

/// Where a file is. What is known of it and what is in it is read each time anew: it may be replaced in between.
#[derive(Debug, Clone)]
pub struct File {
    service: Service,
    at: At,
}

#[derive(Debug, Clone)]
enum At {
    /// A blob, and the URI by which it was asked for.
    Blob { path: Path, uri: String },
    /// Of a namespace: whichever blob it is at the moment.
    Namespace { tenant: String, namespace: String, path: FilePath },
}

impl File {
    pub(crate) fn stored(service: &Service, path: Path, uri: &str) -> Self {
        Self { service: service.clone(), at: At::Blob { path, uri: uri.to_owned() } }
    }

    pub(crate) fn of_namespace(service: &Service, place: Place<'_>, path: FilePath) -> Self {
        let (tenant, namespace) = (place.tenant.to_owned(), place.namespace.to_owned());
        Self { service: service.clone(), at: At::Namespace { tenant, namespace, path } }
    }

    /// What is known of it now.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn facts(&self) -> Result<Facts, Error> {
        match &self.at {
            At::Blob { path, uri } => {
                self.service.shared.outside.blobs.facts(path).await.map_err(|error| named(error, uri))
            }
            At::Namespace { tenant, namespace, path } => {
                let found = self.service.facts_of_file(Place::new(tenant, namespace)?, path).await?;
                found.ok_or_else(|| not_there(path))
            }
        }
    }

    /// Reads it, or a part of it.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn open(&self, range: Option<Range<u64>>) -> Result<Reading, Error> {
        match &self.at {
            At::Blob { path, uri } => {
                self.service.shared.outside.blobs.get(path, range).await.map_err(|error| named(error, uri))
            }
            At::Namespace { tenant, namespace, path } => {
                let found = self.service.open_file(Place::new(tenant, namespace)?, path, range).await?;
                found.ok_or_else(|| not_there(path))
            }
        }
    }

    /// Where whoever has the URL may `GET` it, past this process; `None` where the blobs have no door of their own.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn url(&self) -> Result<Option<String>, Error> {
        match &self.at {
            At::Blob { path, .. } => {
                Ok(self.service.shared.outside.blobs.download_url(path, DOOR_VALID).await?)
            }
            At::Namespace { tenant, namespace, path } => {
                self.service.url_of_file(Place::new(tenant, namespace)?, path).await
            }
        }
    }

    /// The end of its name behind the last dot; empty when it has none.
    pub fn extension(&self) -> &str {
        let name = match &self.at {
            At::Blob { path, .. } => path.file_name(),
            At::Namespace { path, .. } => path.name(),
        };
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }
}

/// The error in the words of the caller, who knows URIs and no paths.
fn named(error: blobs::Error, uri: &str) -> Error {
    match error {
        blobs::Error::NotFound(_) => blobs::Error::NotFound(uri.to_owned()).into(),
        other @ (blobs::Error::Source(_) | blobs::Error::TooLarge { .. } | blobs::Error::Unavailable(_)) => {
            other.into()
        }
    }
}
