//! What expressions ask about files: those of executions by their URI, those of namespaces by their path or URI.

use engine::execution::Execution;
use expression::FileQuestion;
use futures_util::StreamExt;
use ports::{
    blobs::{self, Reading},
    uri,
};
use serde_json::Value as Json;

use super::{not_ours, own_file};
use crate::{
    Error, Service,
    namespace_files::{FilePath, Place},
};

/// Bytes `read()` takes into an expression.
const READ_BYTES_MAX: u64 = 4 << 20;

/// A file that an expression may see.
pub(super) enum File<'a> {
    /// Of an execution.
    Blob(blobs::Path),
    /// Of any namespace of the tenant (Kestra: of those that are allowed, which are all unless somebody says otherwise).
    OfNamespace { tenant: &'a str, namespace: String, path: FilePath },
}

impl<'a> File<'a> {
    /// # Errors
    /// The message with which the expression fails.
    pub(super) fn named(
        execution: &'a Execution,
        name: &str,
        namespace: Option<&str>,
    ) -> Result<Self, String> {
        let (namespace, path) = if is_uri(name) {
            match own_file(execution, name) {
                Ok(path) => return Ok(Self::Blob(path)),
                Err(refused) => {
                    let path = uri::resolve(&execution.tenant, &execution.namespace, name);
                    let path = path.map_err(|_| not_ours(name))?;
                    let file = uri::as_namespace_file(&path).ok_or(refused)?;
                    (file.namespace, FilePath::new(file.path))
                }
            }
        } else {
            let namespace = namespace.unwrap_or(&execution.namespace);
            (namespace.to_owned(), FilePath::new(name))
        };
        let path = path.map_err(|error| error.to_string())?;
        let tenant = execution.tenant.as_str();
        Place::new(tenant, &namespace).map_err(|error| error.to_string())?;
        Ok(Self::OfNamespace { tenant, namespace, path })
    }
}

impl Service {
    /// The answer to a question about a file, which the expression calls `name`.
    pub(super) async fn ask_of_file(
        &self,
        asked: FileQuestion,
        file: &File<'_>,
        name: &str,
    ) -> Result<Result<Json, String>, Error> {
        let answer = match asked {
            FileQuestion::Text => match self.open(file).await? {
                Some(reading) => return read_text(reading, name).await,
                None => None,
            },
            FileQuestion::Size => self.size_of(file).await?.map(Json::from),
            FileQuestion::IsEmpty => self.size_of(file).await?.map(|size| Json::Bool(size == 0)),
            FileQuestion::Exists => Some(Json::Bool(self.size_of(file).await?.is_some())),
            FileQuestion::Uri => return Ok(uri_of(file)),
        };
        Ok(answer.ok_or_else(|| format!("Unable to find the file '{name}'")))
    }

    async fn size_of(&self, file: &File<'_>) -> Result<Option<u64>, Error> {
        match file {
            File::Blob(path) => there(self.shared.outside.blobs.size(path).await),
            File::OfNamespace { tenant, namespace, path } => {
                self.size_of_file(Place::new(tenant, namespace)?, path).await
            }
        }
    }

    async fn open(&self, file: &File<'_>) -> Result<Option<Reading>, Error> {
        match file {
            File::Blob(path) => there(self.shared.outside.blobs.get(path, None).await),
            File::OfNamespace { tenant, namespace, path } => {
                self.open_file(Place::new(tenant, namespace)?, path, None).await
            }
        }
    }
}

pub(super) fn is_uri(name: &str) -> bool {
    uri::is_uri(name)
}

fn there<T>(found: Result<T, blobs::Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(blobs::Error::NotFound(_)) => Ok(None),
        Err(
            other @ (blobs::Error::Source(_) | blobs::Error::TooLarge { .. } | blobs::Error::Unavailable(_)),
        ) => Err(other.into()),
    }
}

fn uri_of(file: &File<'_>) -> Result<Json, String> {
    match file {
        File::Blob(_) => Err("The 'fileURI' function expects an argument 'path' that is a path to a \
                              namespace file."
            .to_owned()),
        File::OfNamespace { tenant, namespace, path } => {
            let place = Place::new(tenant, namespace).map_err(|error| error.to_string())?;
            place.uri(path.as_str()).map(Json::String).map_err(|error| error.to_string())
        }
    }
}

async fn read_text(mut reading: Reading, name: &str) -> Result<Result<Json, String>, Error> {
    if reading.facts.size > READ_BYTES_MAX {
        return Ok(Err(format!(
            "the file '{name}' has {} bytes; read() takes {READ_BYTES_MAX}",
            reading.facts.size
        )));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(reading.facts.size).unwrap_or(0));
    while let Some(chunk) = reading.stream.next().await {
        bytes.extend_from_slice(&chunk.map_err(blobs::Error::Unavailable)?);
    }
    Ok(Ok(Json::String(String::from_utf8_lossy(&bytes).into_owned())))
}
