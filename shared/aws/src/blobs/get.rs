//! Reading a blob.

use std::ops::Range;

use aws_sdk_s3::{
    operation::{get_object::GetObjectError, head_object::HeadObjectError},
    primitives::{ByteStream as Body, DateTime},
};
use engine::time::Timestamp;
use futures_util::stream;
use ports::blobs::{ByteStream, Error, Facts, Path, Reading};

use super::{Blobs, not_found, parts::OBJECT_BYTES_MAX, unavailable};

/// S3's answer to a range that begins beyond the end.
const BEYOND: u16 = 416;

pub(super) async fn get(blobs: &Blobs, path: &Path, range: Option<Range<u64>>) -> Result<Reading, Error> {
    if range.as_ref().is_some_and(|range| range.is_empty() || range.start >= OBJECT_BYTES_MAX) {
        return nothing(blobs, path).await;
    }
    let get = blobs.client.get_object().bucket(&blobs.bucket).key(path.as_str());
    let got = match get.set_range(range.map(|range| header(&range))).send().await {
        Ok(got) => got,
        Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == BEYOND) => {
            return nothing(blobs, path).await;
        }
        Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
            return Err(not_found(path));
        }
        Err(error) => return Err(unavailable(&error)),
    };
    let whole =
        got.content_range().and_then(whole).or(got.content_length().and_then(|it| u64::try_from(it).ok()));
    let facts = facts_of(path, whole, got.e_tag(), got.last_modified())?;
    Ok(Reading { facts, stream: pieces(got.body) })
}

pub(super) async fn facts(blobs: &Blobs, path: &Path) -> Result<Facts, Error> {
    let head = blobs.client.head_object().bucket(&blobs.bucket).key(path.as_str());
    match head.send().await {
        Ok(head) => {
            let size = head.content_length().and_then(|size| u64::try_from(size).ok());
            facts_of(path, size, head.e_tag(), head.last_modified())
        }
        Err(error) if error.as_service_error().is_some_and(HeadObjectError::is_not_found) => {
            Err(not_found(path))
        }
        Err(error) => Err(unavailable(&error)),
    }
}

/// Of a blob that is there.
async fn nothing(blobs: &Blobs, path: &Path) -> Result<Reading, Error> {
    Ok(Reading { facts: facts(blobs, path).await?, stream: Box::pin(stream::empty()) })
}

/// S3 tells all three of every object.
fn facts_of(
    path: &Path,
    size: Option<u64>,
    tag: Option<&str>,
    modified_at: Option<&DateTime>,
) -> Result<Facts, Error> {
    let missing = |what: &str| Error::Unavailable(format!("{} has no {what}", path.as_str()));
    Ok(Facts {
        size: size.ok_or_else(|| missing("size"))?,
        tag: tag.ok_or_else(|| missing("tag"))?.trim_matches('"').to_owned(),
        modified_at: moment(modified_at).ok_or_else(|| missing("time"))?,
    })
}

pub(super) fn moment(date: Option<&DateTime>) -> Option<Timestamp> {
    Some(Timestamp::from_millis(date?.to_millis().ok()?))
}

/// An end beyond all objects is left out: not every number is one to S3.
fn header(range: &Range<u64>) -> String {
    if range.end > OBJECT_BYTES_MAX {
        format!("bytes={}-", range.start)
    } else {
        format!("bytes={}-{}", range.start, range.end - 1)
    }
}

/// 200 of `bytes 0-9/200`.
fn whole(content_range: &str) -> Option<u64> {
    content_range.rsplit_once('/')?.1.parse().ok()
}

/// An error is the last that comes.
fn pieces(body: Body) -> ByteStream {
    Box::pin(stream::unfold(Some(body), async |body| {
        let mut body = body?;
        match body.next().await? {
            Ok(piece) => Some((Ok(piece), Some(body))),
            Err(error) => Some((Err(error.to_string()), None)),
        }
    }))
}
