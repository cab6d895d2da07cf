//! A file uploaded in parts, of which nothing stays unless it is completed.

use std::{future::Future, mem};

use aws_sdk_s3::{
    Client,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt as _, stream::Fuse};
use ports::blobs::{ByteStream, Reading};

use super::{description::Description, payer};
use crate::aws::said::said;

/// Bytes of a part, of which one is in memory; more where S3's number of parts would not do.
const PART_BYTES: u64 = 8 << 20;
/// What S3 takes of one object, and its bytes.
const PARTS_MAX: u64 = 10_000;
const OBJECT_BYTES_MAX: u64 = 5 << 40;

/// What S3 calls what it has.
pub(super) struct Uploaded {
    pub(super) tag: Option<String>,
    pub(super) version: Option<String>,
}

/// Where it goes, and what is said of it.
#[derive(Clone, Copy)]
pub(super) struct Destination<'a> {
    pub(super) client: &'a Client,
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) description: &'a Description,
}

/// Uploads a file: in one request when it fits into a part.
///
/// # Errors
/// It cannot be read, or S3 does not take it.
pub(super) async fn upload(to: Destination<'_>, file: Reading) -> Result<Uploaded, String> {
    if file.facts.size > OBJECT_BYTES_MAX {
        return Err(format!("an object may have at most {OBJECT_BYTES_MAX} bytes, not {}", file.facts.size));
    }
    let bytes = PART_BYTES.max(file.facts.size.div_ceil(PARTS_MAX));
    let mut parts =
        Parts { content: file.stream.fuse(), rest: Bytes::new(), bytes: usize::try_from(bytes).unwrap_or(0) };
    let first = parts.next().await?;
    if file.facts.size <= bytes {
        let put = to.client.put_object().bucket(to.bucket).key(to.key).body(first.into());
        let put = to.description.of_whole(put).send().await.map_err(said)?;
        return Ok(Uploaded { tag: put.e_tag, version: put.version_id });
    }
    if to.description.checksum.is_some() {
        return Err(format!(
            "`checksum` is of a file of {bytes} bytes at most: larger ones are sent in parts"
        ));
    }
    let upload = Upload::begin(to).await?;
    match send(&upload, to, first, &mut parts).await {
        Ok(sent) => upload.complete(to, sent).await,
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

async fn send(
    upload: &Upload,
    to: Destination<'_>,
    first: Bytes,
    parts: &mut Parts,
) -> Result<Vec<CompletedPart>, String> {
    let (mut part, mut sent) = (first, Vec::new());
    let mut number = 1;
    while !part.is_empty() {
        let request = to.client.upload_part().bucket(&upload.bucket).key(&upload.key).upload_id(&upload.id);
        let request = request.part_number(number).body(part.into());
        let request = request.set_checksum_algorithm(to.description.algorithm.clone());
        let request = request.set_request_payer(payer(to.description.payer.clone()));
        let done = request.send().await.map_err(said)?;
        sent.push(
            CompletedPart::builder()
                .part_number(number)
                .set_e_tag(done.e_tag)
                .set_checksum_crc32(done.checksum_crc32)
                .set_checksum_crc32_c(done.checksum_crc32_c)
                .set_checksum_crc64_nvme(done.checksum_crc64_nvme)
                .set_checksum_sha1(done.checksum_sha1)
                .set_checksum_sha256(done.checksum_sha256)
                .build(),
        );
        number += 1;
        part = parts.next().await?;
    }
    Ok(sent)
}

/// A stream as parts.
struct Parts {
    content: Fuse<ByteStream>,
    /// Of the last piece, what did not fit into its part.
    rest: Bytes,
    bytes: usize,
}

impl Parts {
    /// The next one; it is empty after the last.
    async fn next(&mut self) -> Result<Bytes, String> {
        let mut part = BytesMut::new();
        loop {
            let now = self.rest.split_to(self.rest.len().min(self.bytes - part.len()));
            part.extend_from_slice(&now);
            if part.len() == self.bytes {
                return Ok(part.freeze());
            }
            match self.content.next().await {
                None => return Ok(mem::take(&mut part).freeze()),
                Some(piece) => self.rest = piece?,
            }
        }
    }
}

/// Dropped, it is aborted.
struct Upload {
    client: Client,
    bucket: String,
    key: String,
    id: String,
    ended: bool,
}

impl Upload {
    async fn begin(to: Destination<'_>) -> Result<Self, String> {
        let create = to.client.create_multipart_upload().bucket(to.bucket).key(to.key);
        let created = to.description.of_parts(create).send().await.map_err(said)?;
        Ok(Self {
            client: to.client.clone(),
            bucket: to.bucket.to_owned(),
            key: to.key.to_owned(),
            id: created.upload_id.ok_or("the upload got no id")?,
            ended: false,
        })
    }

    async fn complete(mut self, to: Destination<'_>, sent: Vec<CompletedPart>) -> Result<Uploaded, String> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(sent)).build();
        let complete = self.client.complete_multipart_upload().bucket(&self.bucket).key(&self.key);
        let complete = complete.upload_id(&self.id).multipart_upload(parts);
        let complete = complete.set_request_payer(payer(to.description.payer.clone()));
        let done =
            complete.set_expected_bucket_owner(to.description.owner.clone()).send().await.map_err(said)?;
        self.ended = true;
        Ok(Uploaded { tag: done.e_tag, version: done.version_id })
    }

    async fn abort(mut self) {
        self.ended = true;
        self.aborted().await;
    }

    fn aborted(&self) -> impl Future<Output = ()> + Send + use<> {
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(&self.key);
        let (abort, key) = (abort.upload_id(&self.id), self.key.clone());
        async move {
            if let Err(error) = abort.send().await {
                tracing::warn!(error = said(error), key, "parts of an upload are left in a bucket");
            }
        }
    }
}

impl Drop for Upload {
    /// The attempt was stopped.
    fn drop(&mut self) {
        if !self.ended
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(self.aborted());
        }
    }
}
