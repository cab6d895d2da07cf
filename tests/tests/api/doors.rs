//! Blobs with a door of their own, as a bucket has one: URLs that name the blob and what they allow.

use std::{ops::Range, sync::Arc, time::Duration};

use ports::{
    Answer,
    blobs::{Blobs, ByteStream, Error, Facts, Listed, Path, Reading},
};

/// Where its URLs lead: to nobody.
const DOOR: &str = "https://door.test";

#[derive(Debug)]
pub(crate) struct Doors(pub(crate) Arc<dyn Blobs>);

/// The blob that a URL of ours names.
pub(crate) fn behind(url: &str) -> Path {
    let rest = url.strip_prefix(DOOR).unwrap_or_else(|| panic!("{url} is no door"));
    Path::new(rest.split_once('?').unwrap().0.trim_start_matches('/')).unwrap()
}

impl Blobs for Doors {
    fn put<'a>(&'a self, path: &'a Path, content: ByteStream, limit: u64) -> Answer<'a, Result<u64, Error>> {
        self.0.put(path, content, limit)
    }

    fn get<'a>(&'a self, path: &'a Path, range: Option<Range<u64>>) -> Answer<'a, Result<Reading, Error>> {
        self.0.get(path, range)
    }

    fn facts<'a>(&'a self, path: &'a Path) -> Answer<'a, Result<Facts, Error>> {
        self.0.facts(path)
    }

    fn list_under<'a>(
        &'a self,
        segments: &'a str,
        after: Option<&'a Path>,
        limit: usize,
    ) -> Answer<'a, Result<Vec<Listed>, Error>> {
        self.0.list_under(segments, after, limit)
    }

    fn upload_url<'a>(
        &'a self,
        path: &'a Path,
        size: u64,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        let url = format!("{DOOR}/{}?size={size}&valid={}", path.as_str(), valid.as_secs());
        Box::pin(std::future::ready(Ok(Some(url))))
    }

    fn download_url<'a>(
        &'a self,
        path: &'a Path,
        valid: Duration,
    ) -> Answer<'a, Result<Option<String>, Error>> {
        let url = format!("{DOOR}/{}?valid={}", path.as_str(), valid.as_secs());
        Box::pin(std::future::ready(Ok(Some(url))))
    }

    fn delete_under<'a>(&'a self, segments: &'a str) -> Answer<'a, Result<u64, Error>> {
        self.0.delete_under(segments)
    }
}
