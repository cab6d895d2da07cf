//! Blobs as objects of a bucket: the path is the key.
//!
//! # Invariants
//! * A writer holds at most [`PARTS_TOGETHER`] parts that are on their way and one that is being gathered, and a reader
//!   what the connection gives.
//! * Bytes are sent only as whole parts from memory, so that a try that fails can be made again.
//!
//! What the bucket has to give: `GetObject`, `PutObject`, `DeleteObject`, `AbortMultipartUpload`, and `ListBucket`,
//! without which S3 calls a missing object forbidden. An upload that neither ends nor is aborted, as when the process
//! dies, is left to a lifecycle rule.

mod delete;
mod get;
mod list;
mod parts;
mod put;
mod upload;
mod urls;

use std::{ops::Range, time::Duration};

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};
use ports::{
    Answer,
    blobs::{ByteStream, Error, Facts, Listed, Path, Reading},
};

use crate::error::reason;

pub use parts::{PART_BYTES, PARTS_TOGETHER};

/// The blobs of one bucket.
#[derive(Debug, Clone)]
pub struct Blobs {
    client: Client,
    bucket: String,
}

impl Blobs {
    pub(crate) fn new(client: Client, bucket: String) -> Self {
        Self { client, bucket }
    }
}

impl ports::blobs::Blobs for Blobs {
    fn put<'a>(&'a self, path: &'a Path, content: ByteStream, limit: u64) -> Answer<'a, Result<u64, Error>> {
        Box::pin(put::put(self, path, content, limit))
    }

    fn get<'a>(&'a self, path: &'a Path, range: Option<Range<u64>>) -> Answer<'a, Result<Reading, Error>> {
        Box::pin(get::get(self, path, range))
    }

    fn facts<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<Facts, Error>> {
        Box::pin(get::facts(self, path))
    }

    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, Error>> {
        Box::pin(list::list_under(self, segments, after, limit))
    }

    fn upload_url<'a>(
        &'a self,
        path: &'a Path,
        size: u64,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        Box::pin(urls::upload(self, path, size, valid))
    }

    fn download_url<'a>(
        &'a self,
        path: &'a Path,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        Box::pin(urls::download(self, path, valid))
    }

    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, Error>> {
        Box::pin(delete::delete_under(self, segments))
    }
}

fn unavailable<E, R>(error: &SdkError<E, R>) -> Error
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug,
{
    Error::Unavailable(reason(error))
}

fn not_found(path: &Path) -> Error {
    Error::NotFound(path.as_str().to_owned())
}
