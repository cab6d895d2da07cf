//! Removing a folder of blobs: page by page, so that one that ends early has removed some of them.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use ports::blobs::{Error, Path};

use super::{Blobs, get::facts, unavailable};

/// Pages of 1,000 blobs one call goes through; a larger folder takes several.
const PAGES_MAX: usize = 1_000;

pub(super) async fn delete_under(blobs: &Blobs, segments: &str) -> Result<u64, Error> {
    // Under what is not a path no blob can stand.
    let Ok(path) = Path::new(segments) else {
        return Ok(0);
    };
    Ok(delete_one(blobs, &path).await? + delete_folder(blobs, &format!("{segments}/")).await?)
}

async fn delete_one(blobs: &Blobs, path: &Path) -> Result<u64, Error> {
    match facts(blobs, path).await {
        Ok(_) => {}
        Err(Error::NotFound(_)) => return Ok(0),
        Err(error) => return Err(error),
    }
    let delete = blobs.client.delete_object().bucket(&blobs.bucket).key(path.as_str());
    delete.send().await.map_err(|error| unavailable(&error))?;
    Ok(1)
}

async fn delete_folder(blobs: &Blobs, prefix: &str) -> Result<u64, Error> {
    let mut deleted = 0;
    for _ in 0..PAGES_MAX {
        // From the start each time: what was there is gone.
        let list = blobs.client.list_objects_v2().bucket(&blobs.bucket).prefix(prefix);
        let page = list.send().await.map_err(|error| unavailable(&error))?;
        let more = page.is_truncated().unwrap_or_default();
        let keys: Vec<String> = page.contents.into_iter().flatten().filter_map(|object| object.key).collect();
        if keys.is_empty() {
            return Ok(deleted);
        }
        deleted += keys.len() as u64;
        delete_page(blobs, keys).await?;
        if !more {
            return Ok(deleted);
        }
    }
    Err(Error::Unavailable(format!("{deleted} blobs under {prefix} are removed, and others are left")))
}

async fn delete_page(blobs: &Blobs, keys: Vec<String>) -> Result<(), Error> {
    let broken = |error: aws_sdk_s3::error::BuildError| Error::Unavailable(error.to_string());
    let objects: Result<Vec<_>, _> =
        keys.into_iter().map(|key| ObjectIdentifier::builder().key(key).build()).collect();
    let delete = Delete::builder().quiet(true).set_objects(Some(objects.map_err(broken)?));
    let delete = delete.build().map_err(broken)?;
    let delete = blobs.client.delete_objects().bucket(&blobs.bucket).delete(delete);
    let answer = delete.send().await.map_err(|error| unavailable(&error))?;
    match answer.errors().first() {
        None => Ok(()),
        Some(error) => {
            let text = |part: Option<&str>| part.unwrap_or("?").to_owned();
            let (key, code) = (text(error.key()), text(error.code()));
            Err(Error::Unavailable(format!("{} blobs are not removed: {key}: {code}", answer.errors().len())))
        }
    }
}
