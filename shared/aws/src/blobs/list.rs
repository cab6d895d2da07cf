//! Listing a folder of blobs, in the order of S3: that of the bytes of their paths.

use ports::blobs::{Error, Listed, Path};

use super::{
    Blobs,
    get::{facts, moment},
    unavailable,
};

/// What S3 gives in one page.
const PAGE_BLOBS_MAX: usize = 1_000;

pub(super) async fn list_under(
    blobs: &Blobs,
    segments: &str,
    after: Option<&Path>,
    limit: usize,
) -> Result<Vec<Listed>, Error> {
    // Under what is not a path no blob can stand.
    let Ok(path) = Path::new(segments) else {
        return Ok(Vec::new());
    };
    let mut listed = Vec::new();
    if after.is_none() && limit > 0 {
        match facts(blobs, &path).await {
            Ok(facts) => listed.push(Listed { path, modified_at: facts.modified_at }),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let prefix = format!("{segments}/");
    let mut after = after.map(|it| it.as_str().to_owned());
    while listed.len() < limit {
        let wanted = (limit - listed.len()).min(PAGE_BLOBS_MAX);
        let list = blobs.client.list_objects_v2().bucket(&blobs.bucket).prefix(&prefix);
        let list = list.set_start_after(after.take());
        let list = list.max_keys(i32::try_from(wanted).expect("a page is short"));
        let page = list.send().await.map_err(|error| unavailable(&error))?;
        let more = page.is_truncated().unwrap_or_default();
        for object in page.contents.into_iter().flatten() {
            let modified_at = moment(object.last_modified());
            after.clone_from(&object.key);
            // What somebody else put there, under a name that is no path, is no blob of ours.
            let path = object.key.and_then(|key| Path::new(key).ok());
            if let (Some(path), Some(modified_at)) = (path, modified_at) {
                listed.push(Listed { path, modified_at });
            }
        }
        if !more || after.is_none() {
            break;
        }
    }
    Ok(listed)
}
