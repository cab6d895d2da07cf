//! Listing a folder of blobs, in the order of the names that the blobs have in the directory.
//!
//! Of each folder on the way to where the list is, at most [`NAMES_MAX`] names are held.

use std::{
    collections::{BTreeSet, VecDeque},
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use ports::blobs::{Error, Listed};

use super::{Folders, get::modified_at, off_thread, place, unavailable};

/// Names of a folder that are read at once; for more, it is read again.
const NAMES_MAX: usize = 1_000;

pub(super) async fn list_under(
    folders: Arc<Folders>,
    segments: &str,
    after: Option<ports::blobs::Path>,
    limit: usize,
) -> Result<Vec<Listed>, Error> {
    // Under what is not a path no blob can stand.
    let Ok(path) = ports::blobs::Path::new(segments) else {
        return Ok(Vec::new());
    };
    off_thread(move || list(&folders, &path, after.as_ref(), limit)).await.map_err(unavailable)
}

fn list(
    folders: &Folders,
    path: &ports::blobs::Path,
    after: Option<&ports::blobs::Path>,
    limit: usize,
) -> io::Result<Vec<Listed>> {
    let mut found = Vec::new();
    if after.is_none() && limit > 0 {
        found.extend(listed(folders, &place::file(path.as_str()))?);
    }
    let root = place::folder(path.as_str());
    let after = after.map(|after| place::file(after.as_str()));
    let mut open = to_be_read(folders, &root, after.as_deref())?;
    while found.len() < limit
        && let Some(folder) = open.last_mut()
    {
        match folder.next(folders)? {
            None => drop(open.pop()),
            Some(name) => {
                let place = folder.place.join(&name);
                if place::is_folder(name.as_bytes()) {
                    open.push(Folder::after(folders, place, None)?);
                } else {
                    found.extend(listed(folders, &place)?);
                }
            }
        }
    }
    Ok(found)
}

/// The folders from the root down to the one that holds the last blob of the page before, each behind what was listed.
fn to_be_read(folders: &Folders, root: &Path, after: Option<&Path>) -> io::Result<Vec<Folder>> {
    let mut open = Vec::new();
    let mut place = root.to_owned();
    for name in after.and_then(|after| after.strip_prefix(root).ok()).into_iter().flat_map(Path::iter) {
        open.push(Folder::after(folders, place.clone(), Some(name))?);
        place.push(name);
    }
    if open.is_empty() {
        open.push(Folder::after(folders, place, None)?);
    }
    Ok(open)
}

/// A folder of which some names are still ahead.
struct Folder {
    place: PathBuf,
    ahead: VecDeque<OsString>,
    /// The last that was read, when there may be more.
    more_after: Option<OsString>,
}

impl Folder {
    fn after(folders: &Folders, place: PathBuf, after: Option<&OsStr>) -> io::Result<Self> {
        let mut names = BTreeSet::new();
        let mut more = false;
        let entries = match fs::read_dir(folders.blobs.join(&place)) {
            // Removed meanwhile, or never there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some(read?),
        };
        for entry in entries.into_iter().flatten() {
            let name = entry?.file_name();
            if after.is_none_or(|after| *name > *after) {
                names.insert(name);
                if names.len() > NAMES_MAX {
                    names.pop_last();
                    more = true;
                }
            }
        }
        let more_after = names.last().filter(|_| more).cloned();
        Ok(Self { place, ahead: names.into_iter().collect(), more_after })
    }

    fn next(&mut self, folders: &Folders) -> io::Result<Option<OsString>> {
        if self.ahead.is_empty()
            && let Some(last) = self.more_after.take()
        {
            *self = Self::after(folders, std::mem::take(&mut self.place), Some(&last))?;
        }
        Ok(self.ahead.pop_front())
    }
}

/// The blob that stands there, if one does.
fn listed(folders: &Folders, place: &Path) -> io::Result<Option<Listed>> {
    let metadata = match fs::metadata(folders.blobs.join(place)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    let path = place::path_of(place).and_then(|path| ports::blobs::Path::new(path).ok());
    Ok(path.map(|path| Listed { path, modified_at: modified_at(&metadata) }))
}
