//! URLs that let somebody else write or read one blob, past this process.
//!
//! A URL is valid no longer than the credentials that signed it: in a function, some hours.

use std::{fmt::Write as _, time::Duration};

use aws_sdk_s3::presigning::PresigningConfig;
use ports::blobs::{Error, Path};

use super::{Blobs, unavailable};

/// The longest S3 allows; asked for more, a URL is valid so long.
const VALID_MAX: Duration = Duration::from_hours(7 * 24);
/// What S3 takes in one request.
const UPLOAD_BYTES_MAX: i64 = 5 * 1024 * 1024 * 1024;

/// `None` for a blob that is too large for one request. The length is signed: S3 refuses any other.
pub(super) async fn upload(
    blobs: &Blobs,
    path: &Path,
    size: u64,
    valid: Duration,
) -> Result<Option<String>, Error> {
    let Some(size) = i64::try_from(size).ok().filter(|size| *size <= UPLOAD_BYTES_MAX) else {
        return Ok(None);
    };
    let put = blobs.client.put_object().bucket(&blobs.bucket).key(path.as_str()).content_length(size);
    let signed = put.presigned(validity(valid)?).await.map_err(|error| unavailable(&error))?;
    Ok(Some(signed.uri().to_owned()))
}

pub(super) async fn download(blobs: &Blobs, path: &Path, valid: Duration) -> Result<Option<String>, Error> {
    let get = blobs.client.get_object().bucket(&blobs.bucket).key(path.as_str());
    let get = get.response_content_disposition(disposition(path.file_name()));
    let signed = get.presigned(validity(valid)?).await.map_err(|error| unavailable(&error))?;
    Ok(Some(signed.uri().to_owned()))
}

fn validity(valid: Duration) -> Result<PresigningConfig, Error> {
    let config = PresigningConfig::expires_in(valid.min(VALID_MAX));
    config.map_err(|error| Error::Unavailable(error.to_string()))
}

/// RFC 6266: the name in ASCII for old clients, and as it is.
fn disposition(name: &str) -> String {
    let plain = |c: char| if matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%') { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut text = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => text.push(char::from(byte)),
            _ => write!(text, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_told_twice() {
        assert_eq!(disposition("a b.csv"), "attachment; filename=\"a b.csv\"; filename*=UTF-8''a%20b.csv");
        assert_eq!(disposition("ä\"%"), "attachment; filename=\"___\"; filename*=UTF-8''%C3%A4%22%25");
    }
}
