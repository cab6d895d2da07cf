//! Writing a blob: in one request when it fits into a part, else in parts that are joined at the end.

use ports::blobs::{ByteStream, Error, Path};
use tokio::task::JoinSet;

use super::{
    Blobs, PARTS_TOGETHER,
    parts::Parts,
    unavailable,
    upload::{Sent, Upload},
};

pub(super) async fn put(blobs: &Blobs, path: &Path, content: ByteStream, limit: u64) -> Result<u64, Error> {
    let mut parts = Parts::of(content, limit);
    let (first, full) = parts.next().await?;
    if !full {
        let put = blobs.client.put_object().bucket(&blobs.bucket).key(path.as_str());
        put.body(first.into()).send().await.map_err(|error| unavailable(&error))?;
        return Ok(parts.size);
    }
    let upload = Upload::begin(blobs, path).await?;
    match send(&upload, first, &mut parts).await {
        Ok(sent) => upload.complete(sent).await.map(|()| parts.size),
        Err(error) => {
            upload.abort().await;
            Err(error)
        }
    }
}

/// Sends all parts, some of them while the next one is gathered. Dropped, it drops what is on its way.
async fn send(upload: &Upload, first: bytes::Bytes, parts: &mut Parts) -> Result<Vec<Sent>, Error> {
    let mut on_the_way = JoinSet::new();
    let mut sent = Vec::new();
    let (mut part, mut full) = (first, true);
    loop {
        // An empty one follows a last part that was full.
        if !part.is_empty() {
            if on_the_way.len() == PARTS_TOGETHER {
                sent.push(arrived(&mut on_the_way).await?);
            }
            let number = sent.len() + on_the_way.len() + 1;
            on_the_way.spawn(upload.part(number, part));
        }
        if !full {
            break;
        }
        (part, full) = parts.next().await?;
    }
    while !on_the_way.is_empty() {
        sent.push(arrived(&mut on_the_way).await?);
    }
    sent.sort_unstable_by_key(|sent| sent.number);
    Ok(sent)
}

async fn arrived(on_the_way: &mut JoinSet<Result<Sent, Error>>) -> Result<Sent, Error> {
    let lost = || Error::Unavailable("a part was lost".to_owned());
    on_the_way.join_next().await.ok_or_else(lost)?.map_err(|error| Error::Unavailable(error.to_string()))?
}
