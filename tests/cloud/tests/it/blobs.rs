//! Blobs in S3.

mod parts;
mod paths;
mod urls;

use std::sync::Arc;

use aws::blobs::Blobs;
use aws_sdk_s3::Client;
use bytes::Bytes;
use cloud::{account, home, sdk};
use futures_util::{StreamExt as _, stream};
use ports::blobs::{Blobs as _, ByteStream, Path, Reading};

async fn open() -> Option<(Arc<Blobs>, ())> {
    Some((home(&account()).await.blobs, ()))
}

ports::blobs_promises!(open);

/// Blobs, and the bucket they are in.
struct Bucket {
    blobs: Arc<Blobs>,
    client: Client,
    name: String,
}

async fn bucket() -> Bucket {
    let account = account();
    let environment = home::environment(&account).await;
    let blobs = home::open(&account, &environment).blobs;
    Bucket { blobs, client: Client::new(&sdk::config(&account)), name: environment.bucket }
}

fn path(text: &str) -> Path {
    Path::new(text).unwrap()
}

fn whole(bytes: impl Into<Bytes>) -> ByteStream {
    Box::pin(stream::iter([Ok(bytes.into())]))
}

async fn read(blobs: &Blobs, path: &Path) -> Bytes {
    let Reading { mut stream, .. } = blobs.get(path, None).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes.into()
}
