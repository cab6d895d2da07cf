//! Files that a script finds in its working directory.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use futures_util::StreamExt;
use ports::{
    blobs::{self, Blobs},
    run::Attempt,
    uri,
};
use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt,
};

use super::{FILES_BYTES_MAX, FILES_MAX};

/// Brings files that an attempt may read into a working directory, within the limits of one attempt.
#[derive(Debug)]
pub(crate) struct Fetch<'a> {
    blobs: &'a dyn Blobs,
    attempt: &'a Attempt,
    files: usize,
    bytes: u64,
    /// Below which files that are there already are replaced.
    replaced_below: Option<PathBuf>,
}

impl<'a> Fetch<'a> {
    pub(crate) fn new(blobs: &'a dyn Blobs, attempt: &'a Attempt) -> Self {
        Self { blobs, attempt, files: 0, bytes: 0, replaced_below: None }
    }

    /// As [`Self::new`], for a directory in which others have left files.
    pub(crate) fn replacing(blobs: &'a dyn Blobs, attempt: &'a Attempt, directory: PathBuf) -> Self {
        Self { replaced_below: Some(directory), ..Self::new(blobs, attempt) }
    }

    /// Copies the file a URI means.
    ///
    /// # Errors
    /// When it is no URI, or there is no such file, or it is too much.
    pub(crate) async fn copy(&mut self, from: &str, to: &Path) -> Result<(), String> {
        self.count(0)?;
        let path = self.attempt.path_of(from).map_err(|_| {
            format!(
                "`{from}` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv"
            )
        })?;
        let mut reading = self.blobs.get(&path, None).await.map_err(|error| match error {
            blobs::Error::NotFound(_) => format!("there is no file {from}"),
            blobs::Error::Source(_) | blobs::Error::TooLarge { .. } | blobs::Error::Unavailable(_) => {
                format!("{from} cannot be read: {error}")
            }
        })?;
        let mut file = self.create(to).await.map_err(|error| unwritten(to, &error))?;
        while let Some(bytes) = reading.stream.next().await {
            let bytes = bytes.map_err(|error| format!("{from} cannot be read: {error}"))?;
            self.bytes += bytes.len() as u64;
            if self.bytes > FILES_BYTES_MAX {
                return Err(too_much());
            }
            file.write_all(&bytes).await.map_err(|error| unwritten(to, &error))?;
        }
        file.flush().await.map_err(|error| unwritten(to, &error))
    }

    /// Writes a file whose content is given.
    ///
    /// # Errors
    /// When it cannot be written, or is too much.
    pub(crate) async fn write(&mut self, content: &str, to: &Path) -> Result<(), String> {
        self.count(content.len() as u64)?;
        let mut file = self.create(to).await.map_err(|error| unwritten(to, &error))?;
        let written = file.write_all(content.as_bytes()).await;
        written.and(file.flush().await).map_err(|error| unwritten(to, &error))
    }

    /// Makes a file. What others left is replaced itself, and never what it points to.
    async fn create(&self, path: &Path) -> io::Result<fs::File> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).await?;
            if let Some(directory) = &self.replaced_below {
                if !fs::canonicalize(parent).await?.starts_with(directory) {
                    return Err(io::Error::other("it leads out of the working directory"));
                }
                match fs::remove_file(path).await {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    Ok(()) | Err(_) => {}
                }
            }
        }
        OpenOptions::new().write(true).create_new(true).open(path).await
    }

    fn count(&mut self, bytes: u64) -> Result<(), String> {
        self.files += 1;
        self.bytes += bytes;
        if self.files > FILES_MAX || self.bytes > FILES_BYTES_MAX { Err(too_much()) } else { Ok(()) }
    }
}

/// Makes one of the `inputFiles`: its value is the URI of a file, or the content itself.
///
/// # Errors
/// When the name leads out of the working directory, or the file cannot be had.
pub(crate) async fn write_input(
    fetch: &mut Fetch<'_>,
    directory: &Path,
    name: &str,
    value: &str,
) -> Result<(), String> {
    let to = within(directory, name).ok_or_else(|| {
        format!(
            "input file `{name}`: the name must be a path below the working directory, such as data/a.csv"
        )
    })?;
    let made = if uri::is_uri(value) { fetch.copy(value, &to).await } else { fetch.write(value, &to).await };
    made.map_err(|problem| format!("input file `{name}`: {problem}"))
}

/// A path below a directory, outside our own corner.
pub(crate) fn within(directory: &Path, name: &str) -> Option<PathBuf> {
    let mut path = directory.to_owned();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let sound = path != directory && !name.ends_with('/') && !name.contains('\0');
    (sound && !path.starts_with(directory.join(super::RESERVED))).then_some(path)
}

fn unwritten(path: &Path, error: &io::Error) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("`{name}` cannot be written: {error}")
}

fn too_much() -> String {
    format!("a script may have at most {FILES_MAX} input files with {FILES_BYTES_MAX} bytes in all")
}
