//! Files that a script leaves for others.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures_util::stream;
use ports::{
    blobs::{self, Blobs, ByteStream},
    uri,
};
use rustix::fs::OFlags;
use serde_json::{Map, Value as Json};
use tokio::io::AsyncReadExt;

use super::{FILES_BYTES_MAX, FILES_MAX, Globs, RESERVED};

/// Entries of a working directory that are looked at.
const ENTRIES_MAX: usize = 100_000;

/// Directories below each other that are looked into.
const DEPTH_MAX: usize = 50;

/// Bytes read from a file at once.
const READ_BYTES: usize = 64 * 1024;

/// Stores the files that the patterns name under `folder`; gives their URIs by their path in the working directory.
/// Links are passed over, whatever they point to.
///
/// # Errors
/// When there are too many, or one of them cannot be read or stored.
pub(crate) async fn collect(
    globs: Globs,
    directory: &Path,
    blobs: &dyn Blobs,
    folder: &str,
) -> Result<Map<String, Json>, String> {
    let mut uris = Map::new();
    let mut left = FILES_BYTES_MAX;
    for (name, path) in find(globs, directory.to_owned()).await? {
        let refused = |why: String| format!("output file `{name}` cannot be stored: {why}");
        let blob = blobs::Path::new(format!("{folder}/{name}")).map_err(|_| {
            refused(
                "a path may have no control characters and no `\\`, and 1,024 bytes with its folder"
                    .to_owned(),
            )
        })?;
        let uri = uri::from_path(&blob).map_err(|error| refused(error.to_string()))?;
        let file = open(&path).map_err(|error| refused(error.to_string()))?;
        let stored = blobs.put(&blob, read(file), left).await;
        left -= stored.map_err(|error| match error {
            blobs::Error::TooLarge { .. } => {
                format!("the output files have more than {FILES_BYTES_MAX} bytes in all")
            }
            blobs::Error::NotFound(_) | blobs::Error::Source(_) | blobs::Error::Unavailable(_) => {
                refused(error.to_string())
            }
        })?;
        uris.insert(name, Json::String(uri));
    }
    Ok(uris)
}

/// The files the patterns name, in the order of their paths.
pub(crate) async fn find(globs: Globs, directory: PathBuf) -> Result<Vec<(String, PathBuf)>, String> {
    tokio::task::spawn_blocking(move || walk(&globs, &directory))
        .await
        .unwrap_or_else(|_| Err("the runtime shuts down".to_owned()))
}

fn walk(globs: &Globs, top: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let mut found = Vec::new();
    let mut waiting = vec![(top.to_owned(), 0)];
    let mut entries = 0;
    while let Some((directory, depth)) = waiting.pop() {
        let unreadable = |error: io::Error| format!("the working directory cannot be read: {error}");
        for entry in fs::read_dir(&directory).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let kind = entry.file_type().map_err(unreadable)?;
            entries += 1;
            if entries > ENTRIES_MAX {
                return Err(format!("the working directory has more than {ENTRIES_MAX} entries"));
            }
            let path = entry.path();
            if kind.is_dir() {
                if depth < DEPTH_MAX && path != top.join(RESERVED) {
                    waiting.push((path, depth + 1));
                }
            } else if kind.is_file() {
                // A name that is not UTF-8 cannot be asked for by a pattern, nor have a URI.
                let name = path.strip_prefix(top).ok().and_then(Path::to_str).map(str::to_owned);
                if let Some(name) = name.filter(|it| globs.matches(it)) {
                    found.push((name, path));
                }
                if found.len() > FILES_MAX {
                    return Err(format!("the patterns name more than {FILES_MAX} files"));
                }
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Opens a file, and nothing that took its place since.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a file")) }
}

pub(crate) fn read(file: File) -> ByteStream {
    let file = tokio::fs::File::from_std(file);
    Box::pin(stream::try_unfold(file, |mut file| async move {
        let mut bytes = Vec::with_capacity(READ_BYTES);
        let count = file.read_buf(&mut bytes).await.map_err(|error| error.to_string())?;
        Ok((count > 0).then(|| (Bytes::from(bytes), file)))
    }))
}
