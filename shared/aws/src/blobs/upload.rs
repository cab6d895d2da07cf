//! An upload in parts, of which nothing stays unless it is completed.

use std::future::Future;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use ports::blobs::{Error, Path};

use super::{Blobs, unavailable};
use crate::error::reason;

/// Dropped, it is aborted.
pub(super) struct Upload {
    blobs: Blobs,
    key: String,
    id: String,
    ended: bool,
}

/// A part that S3 has.
pub(super) struct Sent {
    /// From 1.
    pub(super) number: usize,
    tag: Option<String>,
}

impl Upload {
    /// On a task of its own: when the caller is dropped before S3 has answered, the upload it does not know yet is
    /// aborted as well.
    pub(super) async fn begin(blobs: &Blobs, path: &Path) -> Result<Self, Error> {
        let begun = tokio::spawn(Self::begin_here(blobs.clone(), path.as_str().to_owned()));
        begun.await.map_err(|error| Error::Unavailable(error.to_string()))?
    }

    async fn begin_here(blobs: Blobs, key: String) -> Result<Self, Error> {
        let creation = blobs.client.create_multipart_upload().bucket(&blobs.bucket).key(&key);
        let begun = creation.send().await.map_err(|error| unavailable(&error))?;
        let id = begun.upload_id.ok_or_else(|| Error::Unavailable("an upload got no id".to_owned()))?;
        Ok(Self { blobs, key, id, ended: false })
    }

    /// Sends a part, whoever holds the upload meanwhile.
    pub(super) fn part(
        &self,
        number: usize,
        part: Bytes,
    ) -> impl Future<Output = Result<Sent, Error>> + Send + use<> {
        let part =
            self.blobs.client.upload_part().body(part.into()).bucket(&self.blobs.bucket).key(&self.key);
        let part = part.upload_id(&self.id).part_number(part_number(number));
        async move {
            let sent = part.send().await.map_err(|error| unavailable(&error))?;
            Ok(Sent { number, tag: sent.e_tag })
        }
    }

    /// Makes the parts, in the order of their numbers, the blob. After an error nobody knows whether they are.
    pub(super) async fn complete(mut self, sent: Vec<Sent>) -> Result<(), Error> {
        let part = |sent: Sent| {
            CompletedPart::builder().part_number(part_number(sent.number)).set_e_tag(sent.tag).build()
        };
        let parts = CompletedMultipartUpload::builder();
        let parts = parts.set_parts(Some(sent.into_iter().map(part).collect())).build();
        let complete = self.blobs.client.complete_multipart_upload().bucket(&self.blobs.bucket);
        let complete = complete.key(&self.key).upload_id(&self.id).multipart_upload(parts);
        complete.send().await.map_err(|error| unavailable(&error))?;
        self.ended = true;
        Ok(())
    }

    pub(super) async fn abort(mut self) {
        self.ended = true;
        abort(self.blobs.clone(), self.key.clone(), self.id.clone()).await;
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // Without a runtime there is nobody to do it: the bucket's lifecycle rule will.
        if !self.ended
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(abort(self.blobs.clone(), self.key.clone(), self.id.clone()));
        }
    }
}

async fn abort(blobs: Blobs, key: String, id: String) {
    let abort = blobs.client.abort_multipart_upload().bucket(&blobs.bucket).key(&key).upload_id(id);
    if let Err(error) = abort.send().await {
        tracing::warn!(error = reason(&error), key, "an upload is left to the bucket's lifecycle rule");
    }
}

fn part_number(number: usize) -> i32 {
    i32::try_from(number).expect("an object has 10,000 parts at most")
}
