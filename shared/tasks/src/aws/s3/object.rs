//! An object as outputs show it, and as a file of internal storage.

use aws_sdk_s3::{
    Client,
    operation::get_object::GetObjectOutput,
    primitives::{ByteStream as Body, DateTime},
    types::Object,
};
use futures_util::stream;
use ports::{
    blobs::{ByteStream, Path},
    uri,
};
use serde_json::{Map, Value as Json, json};

use crate::{
    aws::{Work, said::said},
    plain::said as told,
};

/// Bytes of a file: as a FILE input may have.
const FILE_BYTES_MAX: u64 = 10 << 30;
/// Bytes of its name.
const NAME_BYTES_MAX: usize = 200;

/// Which object, of which bucket.
#[derive(Debug, Clone)]
pub(super) struct Named<'a> {
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) version: Option<String>,
    pub(super) payer: Option<String>,
    pub(super) owner: Option<String>,
}

/// An object that has become a file.
pub(super) struct Downloaded {
    pub(super) uri: String,
    pub(super) size: u64,
    pub(super) head: GetObjectOutput,
}

/// Makes it a file in a folder of the attempt, piece by piece as it comes.
///
/// # Errors
/// There is no such object, it may not be read, or it is too large.
pub(super) async fn download(
    work: Work<'_>,
    client: &Client,
    object: Named<'_>,
    folder: &str,
) -> Result<Downloaded, String> {
    let get = client.get_object().bucket(object.bucket).key(object.key);
    let get = get.set_version_id(object.version).set_expected_bucket_owner(object.owner);
    let mut head = get.set_request_payer(super::payer(object.payer)).send().await.map_err(said)?;
    let body = std::mem::take(&mut head.body);
    let path = Path::new(format!("{folder}/{}", file_name(object.key))).map_err(told)?;
    let put = work.surroundings.blobs.put(&path, pieces(body), FILE_BYTES_MAX).await;
    let size = put.map_err(|error| format!("{} cannot be downloaded: {error}", object.key))?;
    Ok(Downloaded { uri: uri::from_path(&path).map_err(told)?, size, head })
}

/// An error is the last that comes.
fn pieces(body: Body) -> ByteStream {
    Box::pin(stream::unfold(Some(body), async |body| {
        let mut body = body?;
        match body.next().await? {
            Ok(piece) => Some((Ok(piece), Some(body))),
            Err(error) => Some((Err(crate::aws::said::chain(&error)), None)),
        }
    }))
}

/// The last part of a key, without what a path cannot have.
fn file_name(key: &str) -> String {
    let last = key.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let start = last.len().saturating_sub(NAME_BYTES_MAX);
    let kept = &last[last.ceil_char_boundary(start)..];
    let name: String = kept.chars().map(|it| if it.is_control() || it == '\\' { '_' } else { it }).collect();
    if matches!(name.as_str(), "" | "." | "..") { "object".to_owned() } else { name }
}

impl Downloaded {
    /// What outputs tell of it, beside its URI.
    pub(super) fn told(&self) -> Map<String, Json> {
        let metadata: Map<String, Json> = self
            .head
            .metadata()
            .into_iter()
            .flatten()
            .map(|(name, value)| (name.clone(), Json::from(value.as_str())))
            .collect();
        present([
            ("uri", json!(self.uri)),
            ("eTag", json!(self.head.e_tag())),
            ("versionId", json!(self.head.version_id())),
            ("contentLength", json!(self.size)),
            ("contentType", json!(self.head.content_type())),
            ("metadata", Json::Object(metadata)),
        ])
    }
}

/// An object of a listing as Kestra shows it.
pub(super) fn listed(object: &Object) -> Map<String, Json> {
    let owner =
        object.owner().map(|it| present([("id", json!(it.id())), ("displayName", json!(it.display_name()))]));
    present([
        ("key", json!(object.key())),
        ("etag", json!(object.e_tag())),
        ("size", json!(object.size())),
        ("lastModified", json!(object.last_modified().and_then(moment))),
        ("owner", json!(owner)),
    ])
}

fn moment(at: &DateTime) -> Option<String> {
    at.fmt(aws_sdk_s3::primitives::DateTimeFormat::DateTime).ok()
}

/// What is not null.
pub(super) fn present<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    let there = fields.into_iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| (name.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_file_is_named_as_the_end_of_its_key() {
        let long = format!("{}.csv", "ä".repeat(200));
        for (key, name) in
            [("a/b.csv", "b.csv"), ("a/b/", "b"), ("a\\b\n", "a_b_"), ("..", "object"), ("/", "object")]
        {
            assert_eq!(file_name(key), name, "{key:?}");
        }
        assert!(file_name(&long).ends_with("ä.csv") && file_name(&long).len() <= 200);
    }
}
