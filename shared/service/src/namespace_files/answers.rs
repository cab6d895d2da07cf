//! Files of a namespace, for callers. A path may begin with a slash; that of a directory may end in one.

use ports::{blobs::ByteStream, engine::Existing};

use super::{
    FileAttributes, FilePath, Place,
    list::{children, whole},
    rename::not_there,
};
use crate::{Error, File, Service};

impl Service {
    /// Finds a file; whether it is there, reading it tells.
    ///
    /// # Errors
    /// `Invalid` for what is no namespace or no path.
    pub fn namespace_file(&self, tenant: &str, namespace: &str, path: &str) -> Result<File, Error> {
        Ok(File::of_namespace(self, Place::new(tenant, namespace)?, FilePath::new(path)?))
    }

    /// Writes a file, whatever was there.
    ///
    /// # Errors
    /// `Invalid` where no file can stand, or when what is sent breaks off; `TooLarge` beyond
    /// [`Settings::file_bytes_max`](crate::Settings::file_bytes_max).
    pub async fn store_namespace_file(
        &self,
        (tenant, namespace): (&str, &str),
        path: &str,
        content: ByteStream,
    ) -> Result<(), Error> {
        let (place, path) = (Place::new(tenant, namespace)?, FilePath::new(path)?);
        self.write_file(place, &path, content, Existing::Replaced).await.map(drop)
    }

    /// Gives a file, or a directory with everything below it, another path. A file replaces one that is there.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when it cannot stand there; `Contention`.
    pub async fn move_namespace_file(
        &self,
        (tenant, namespace): (&str, &str),
        from: &str,
        to: &str,
    ) -> Result<(), Error> {
        let (from, to) = (some_path(from)?, some_path(to)?);
        self.rename(Place::new(tenant, namespace)?, &from, &to).await
    }

    /// Removes a file, or a directory with everything below it.
    ///
    /// # Errors
    /// `NotFound`; `Contention`.
    pub async fn delete_namespace_file(
        &self,
        tenant: &str,
        namespace: &str,
        path: &str,
    ) -> Result<(), Error> {
        let (place, path) = (Place::new(tenant, namespace)?, some_path(path)?);
        if self.remove_all(place, &path).await? { Ok(()) } else { Err(not_there(&path)) }
    }

    /// Makes a directory. One that is there stays as it is, and so does the root, which is always there.
    ///
    /// # Errors
    /// `Invalid` where a file stands.
    pub async fn make_namespace_directory(
        &self,
        tenant: &str,
        namespace: &str,
        path: &str,
    ) -> Result<(), Error> {
        let place = Place::new(tenant, namespace)?;
        match FilePath::directory(path)? {
            None => Ok(()),
            Some(path) => self.write_directory(place, &path).await,
        }
    }

    /// What stands in a directory itself, in order.
    ///
    /// # Errors
    /// `NotFound` when nothing does, but for the root; `Invalid` when there is too much below it.
    pub async fn namespace_directory(
        &self,
        tenant: &str,
        namespace: &str,
        path: &str,
    ) -> Result<Vec<FileAttributes>, Error> {
        let place = Place::new(tenant, namespace)?;
        let directory = FilePath::directory(path)?;
        let prefix = directory.as_ref().map_or_else(String::new, FilePath::below);
        let entries = self.entries(place, &prefix).await?;
        match directory {
            Some(directory) if entries.is_empty() => {
                Err(Error::NotFound(format!("Directory not found: /{}", directory.as_str())))
            }
            Some(_) | None => Ok(children(&entries, &prefix)),
        }
    }

    /// A file or a directory.
    ///
    /// # Errors
    /// `NotFound`, but for the root.
    pub async fn namespace_file_stats(
        &self,
        tenant: &str,
        namespace: &str,
        path: &str,
    ) -> Result<FileAttributes, Error> {
        let place = Place::new(tenant, namespace)?;
        let Some(path) = FilePath::directory(path)? else {
            return Ok(whole(self.entries(place, "").await?.iter(), ""));
        };
        if let Some(file) = self.entry(place, path.as_str()).await? {
            return Ok(file.attributes());
        }
        let entries = self.entries(place, &path.below()).await?;
        if entries.is_empty() { Err(not_there(&path)) } else { Ok(whole(entries.iter(), path.as_str())) }
    }

    /// The files whose path contains a text, whatever its case, in order.
    ///
    /// # Errors
    /// `Invalid` when the namespace has too many files.
    pub async fn search_namespace_files(
        &self,
        tenant: &str,
        namespace: &str,
        text: &str,
    ) -> Result<Vec<FileAttributes>, Error> {
        let text = text.to_lowercase();
        let mut files = self.files_of(Place::new(tenant, namespace)?).await?;
        files.retain(|file| format!("/{}", file.path).to_lowercase().contains(&text));
        Ok(files)
    }
}

/// The path of a file or directory, which is not the root.
fn some_path(text: &str) -> Result<FilePath, Error> {
    FilePath::directory(text)?.ok_or_else(|| Error::argument("the root is neither moved nor removed"))
}
