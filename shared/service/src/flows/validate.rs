//! Checking flows without saving them.

use engine::problem::Invalid;

use super::revision_of;
use crate::{Error, Service, settings::DOCUMENTS_MAX};

/// What is wrong with one document of a validation, if anything.
#[derive(Debug, Clone)]
pub struct Validation {
    /// Position of the document, from 0.
    pub index: usize,
    pub id: Option<String>,
    pub namespace: Option<String>,
    pub invalid: Option<Invalid>,
    /// The flow exists, and the posted `revision` is not the one that would come next.
    pub outdated: bool,
}

impl Service {
    /// Reads every document of a source and says what is wrong with each.
    pub async fn validate_flows(&self, tenant: &str, source: &str) -> Result<Vec<Validation>, Error> {
        let documents: Vec<&str> = engine::yaml::documents(source);
        if documents.len() > DOCUMENTS_MAX {
            return Err(Error::TooLarge(format!(
                "{} documents; one validation takes {DOCUMENTS_MAX}",
                documents.len()
            )));
        }
        let mut validations = Vec::with_capacity(documents.len());
        for (index, document) in documents.into_iter().enumerate() {
            let (id, namespace, invalid, outdated) = match self.read_flow(document) {
                Ok(flow) => {
                    let head = self.newest(tenant, &flow.namespace, &flow.id).await?;
                    let outdated = head.filter(|head| !head.deleted).is_some_and(|head| {
                        posted_revision(document) != Some(head.revision.saturating_add(1))
                    });
                    (Some(flow.id), Some(flow.namespace), None, outdated)
                }
                Err(Error::Invalid(invalid)) => (None, None, Some(invalid), false),
                Err(other) => return Err(other),
            };
            validations.push(Validation { index, id, namespace, invalid, outdated });
        }
        Ok(validations)
    }
}

fn posted_revision(source: &str) -> Option<u32> {
    source.lines().find_map(revision_of)
}
