//! Files of namespaces, for tasks.

use ports::{
    blobs::ByteStream,
    engine::{Existing, FileOfNamespace},
};

use crate::{
    Error, Service,
    namespace_files::{FilePath, Place},
};

impl Service {
    pub(super) async fn files_for_task(
        &self,
        tenant: &str,
        namespace: &str,
    ) -> Result<Vec<FileOfNamespace>, Error> {
        let place = Place::new(tenant, namespace)?;
        let files = self.files_of(place).await?.into_iter().map(|file| {
            let uri = place.uri(&file.path)?;
            Ok(FileOfNamespace { uri, path: file.path, size: file.size })
        });
        files.collect()
    }

    /// The URI of the file, when it was written.
    pub(super) async fn write_file_for_task(
        &self,
        (tenant, namespace): (&str, &str),
        path: &str,
        content: ByteStream,
        existing: Existing,
    ) -> Result<Option<String>, Error> {
        let (place, path) = (Place::new(tenant, namespace)?, FilePath::new(path)?);
        if !self.write_file(place, &path, content, existing).await? {
            return Ok(None);
        }
        place.uri(path.as_str()).map(Some)
    }

    pub(super) async fn remove_file_for_task(
        &self,
        tenant: &str,
        namespace: &str,
        path: &str,
    ) -> Result<bool, Error> {
        self.remove_one(Place::new(tenant, namespace)?, &FilePath::new(path)?).await
    }
}
