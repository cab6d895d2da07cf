//! Templates and their revisions. Kestra: deprecated; flows that name them still run.
//!
//! They are stored as flows are: the newest revision of each in one partition, beside it each revision for itself, both
//! changed in one commit. A revision never changes once it is written.

mod composed;
mod search;

use std::sync::Arc;

use engine::{
    flow::{self, TaskTemplate},
    problem::Invalid,
};
use ports::store::{Condition, Content, Version, Write};

use crate::{
    Class, Error, Service, Validation,
    flows::{Revision, SAVE_TRIES_MAX, names_another, refused},
    keys, record,
    revisions::{Key, Revisioned},
    settings::{DOCUMENTS_MAX, SOURCE_BYTES_MAX},
};

pub(crate) use composed::{Composed, grown, with_past};
pub use search::TemplateQuery;

/// A revision of a template as it is stored.
#[derive(Debug)]
pub struct StoredTemplate {
    pub tenant: String,
    pub namespace: String,
    pub id: String,
    pub revision: u32,
    /// A tombstone.
    pub deleted: bool,
    /// The text as it was posted.
    pub source: String,
    /// The source, read; or why it cannot be read any more.
    pub template: Result<TaskTemplate, Invalid>,
}

impl Revisioned for StoredTemplate {
    fn key(&self) -> Key {
        (self.tenant.clone(), self.namespace.clone(), self.id.clone())
    }

    fn revision(&self) -> u32 {
        self.revision
    }
}

/// The newest revision with the version of its item; `None` when there never was one.
type Head = Option<(Arc<StoredTemplate>, Version)>;

impl Service {
    /// Creates a template.
    ///
    /// # Errors
    /// `Invalid`; so for an id that exists already (`template.id`: `Template id already exists`).
    pub async fn create_template(&self, tenant: &str, source: &str) -> Result<Arc<StoredTemplate>, Error> {
        let name = self.read_template(source)?.name;
        let key = (tenant.to_owned(), name.namespace, name.id);
        for _ in 0..SAVE_TRIES_MAX {
            let head = self.template_head(&key).await?;
            if head.as_ref().is_some_and(|(head, _)| !head.deleted) {
                return Err(refused("template.id", "Template id already exists"));
            }
            if let Some(saved) = self.save_template(&key, head, source, false).await? {
                return Ok(saved);
            }
        }
        Err(contended(&key))
    }

    /// Updates a template; the same text again changes nothing. What has begun goes on with the revision it began with.
    ///
    /// # Errors
    /// `NotFound`; `Invalid`, so for a text of another template.
    pub async fn update_template(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        source: &str,
    ) -> Result<Arc<StoredTemplate>, Error> {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        for _ in 0..SAVE_TRIES_MAX {
            let Some((stored, version)) = self.template_head(&key).await?.filter(|(head, _)| !head.deleted)
            else {
                return Err(not_found());
            };
            let name = self.read_template(source)?.name;
            names_another("template", (&name.namespace, &name.id), namespace, id)?;
            if stored.source == source {
                return Ok(stored);
            }
            if let Some(saved) = self.save_template(&key, Some((stored, version)), source, false).await? {
                return Ok(saved);
            }
        }
        Err(contended(&key))
    }

    /// Appends a tombstone.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_template(&self, tenant: &str, namespace: &str, id: &str) -> Result<(), Error> {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        for _ in 0..SAVE_TRIES_MAX {
            let Some((stored, version)) = self.template_head(&key).await?.filter(|(head, _)| !head.deleted)
            else {
                return Err(not_found());
            };
            let source = stored.source.clone();
            if self.save_template(&key, Some((stored, version)), &source, true).await?.is_some() {
                return Ok(());
            }
        }
        Err(contended(&key))
    }

    /// The newest revision.
    ///
    /// # Errors
    /// `NotFound`, so for a deleted one.
    pub async fn template(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
    ) -> Result<Arc<StoredTemplate>, Error> {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        self.newest_template(&key).await?.ok_or_else(not_found)
    }

    /// Reads every document of a source and says what is wrong with each.
    ///
    /// # Errors
    /// `TooLarge`.
    pub fn validate_templates(&self, source: &str) -> Result<Vec<Validation>, Error> {
        let documents: Vec<&str> = engine::yaml::documents(source);
        if documents.len() > DOCUMENTS_MAX {
            let count = documents.len();
            let message = format!("{count} documents; one validation takes {DOCUMENTS_MAX}");
            return Err(Error::TooLarge(message));
        }
        let validated = |(index, document)| {
            let (name, invalid) = match self.read_template(document) {
                Ok(template) => (Some(template.name), None),
                Err(Error::Invalid(invalid)) => (None, Some(invalid)),
                Err(other) => return Err(other),
            };
            let (id, namespace) = name.map(|it| (it.id, it.namespace)).unzip();
            Ok(Validation { index, id, namespace, invalid, outdated: false })
        };
        documents.into_iter().enumerate().map(validated).collect()
    }

    /// The newest revision unless it is deleted. Read each time, unless nobody else writes this store.
    async fn newest_template(&self, key: &Key) -> Result<Option<Arc<StoredTemplate>>, Error> {
        let known = self.shared.templates.head(key).filter(|_| self.shared.settings.alone);
        let newest = match known {
            Some(known) => Some(known),
            None => self.template_head(key).await?.map(|(head, _)| head),
        };
        Ok(newest.filter(|it| !it.deleted))
    }

    /// One revision.
    async fn template_revision(&self, key: &Key, revision: u32) -> Result<Arc<StoredTemplate>, Error> {
        if let Some(known) = self.shared.templates.revision(key, revision) {
            return Ok(known);
        }
        let item = self.store().get(&keys::template_revision(key, revision)).await?;
        self.stored_template(key, &item.ok_or_else(not_found)?.content.body)
    }

    async fn template_head(&self, key: &Key) -> Result<Head, Error> {
        let Some(item) = self.store().get(&keys::template_head(key)).await? else {
            return Ok(None);
        };
        let stored = self.stored_template(key, &item.content.body)?;
        self.shared.templates.keep_head(&stored);
        Ok(Some((stored, item.version)))
    }

    /// Writes the next revision. `None` when somebody else did so first.
    async fn save_template(
        &self,
        key: &Key,
        head: Head,
        source: &str,
        deleted: bool,
    ) -> Result<Option<Arc<StoredTemplate>>, Error> {
        let number = head.as_ref().map_or(1, |(head, _)| head.revision.saturating_add(1));
        let condition = head.map_or(Condition::Absent, |(_, version)| Condition::Version(version));
        let body =
            record::encode(&Revision { number, deleted, source: source.to_owned(), registered: None })?;
        let content = Content { body: body.clone(), ..Content::default() };
        let head = keys::template_head(key);
        let revision = keys::template_revision(key, number);
        let writes = vec![
            Write::Put { key: head.clone(), condition, content: content.clone() },
            Write::Put { key: revision, condition: Condition::Absent, content },
        ];
        match self.write(&head, &body, writes).await {
            Ok(()) => {
                let stored = self.stored_template(key, &body)?;
                self.shared.templates.keep_head(&stored);
                Ok(Some(stored))
            }
            Err(error) if error.class() == Class::Contention => {
                self.shared.templates.forget_head(key);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    pub(crate) fn read_template(&self, source: &str) -> Result<TaskTemplate, Error> {
        if source.len() > SOURCE_BYTES_MAX {
            let count = source.len();
            let message = format!("a template of {count} bytes; one may have {SOURCE_BYTES_MAX}");
            return Err(Error::TooLarge(message));
        }
        Ok(flow::parse_template(source, &self.shared.catalogue)?)
    }

    /// A revision from its stored form, parsed once.
    fn stored_template(&self, key: &Key, body: &[u8]) -> Result<Arc<StoredTemplate>, Error> {
        let Revision { number: revision, deleted, source, registered: _ } = record::decode(body)?;
        if let Some(known) = self.shared.templates.revision(key, revision) {
            return Ok(known);
        }
        // What was saved under a wider limit goes on; its attempts are cut at the limit of today.
        let template = flow::parse_template(&source, &self.shared.catalogue.clone().limited(None));
        let (tenant, namespace, id) = key.clone();
        let stored = Arc::new(StoredTemplate { tenant, namespace, id, revision, deleted, source, template });
        self.shared.templates.keep_revision(&stored);
        Ok(stored)
    }
}

fn not_found() -> Error {
    Error::NotFound("Template not found".to_owned())
}

fn contended((_, namespace, id): &Key) -> Error {
    Error::Contention(format!("the template {namespace}.{id} is being saved by others; try again"))
}
