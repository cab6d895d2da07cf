//! Flows and their revisions.

use std::sync::Arc;

use engine::{
    flow::{Flow, Label},
    problem::Invalid,
};

use crate::{Error, Page, PageRequest, Service};

/// A revision of a flow as it is stored.
#[derive(Debug)]
pub struct StoredFlow {
    pub tenant: String,
    pub namespace: String,
    pub id: String,
    pub revision: u32,
    /// A tombstone.
    pub deleted: bool,
    /// The text as it was posted.
    pub source: String,
    /// The source, read; or why it cannot be read any more.
    pub flow: Result<Flow, Invalid>,
}

/// What a list shows of a flow: the newest revision.
pub type FlowSummary = Arc<StoredFlow>;

/// Which flows.
#[derive(Debug, Clone, Default)]
pub struct FlowQuery {
    pub q: Option<String>,
    /// Whole segments: the namespace itself and those below it.
    pub namespace: Option<String>,
    pub labels: Vec<Label>,
    /// `(key, ascending)`: `id` or `namespace`.
    pub sort: Vec<(String, bool)>,
}

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
    /// Creates a flow. Kestra: an id that exists already is refused (`flow.id`: `Flow id already exists`).
    pub async fn create_flow(&self, tenant: &str, source: &str) -> Result<Arc<StoredFlow>, Error> {
        let _ = (tenant, source);
        unimplemented!()
    }

    /// Updates a flow; the same text again changes nothing.
    pub async fn update_flow(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        source: &str,
    ) -> Result<Arc<StoredFlow>, Error> {
        let _ = (tenant, namespace, id, source);
        unimplemented!()
    }

    /// Appends a tombstone.
    pub async fn delete_flow(&self, tenant: &str, namespace: &str, id: &str) -> Result<(), Error> {
        let _ = (tenant, namespace, id);
        unimplemented!()
    }

    /// One revision, or the newest. A deleted flow is found only when `allow_deleted`, or by its revision.
    pub async fn flow(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
        revision: Option<u32>,
        allow_deleted: bool,
    ) -> Result<Arc<StoredFlow>, Error> {
        let _ = (tenant, namespace, id, revision, allow_deleted);
        unimplemented!()
    }

    /// All revisions, oldest first, tombstones included; none for an unknown flow.
    pub async fn flow_revisions(
        &self,
        tenant: &str,
        namespace: &str,
        id: &str,
    ) -> Result<Vec<Arc<StoredFlow>>, Error> {
        let _ = (tenant, namespace, id);
        unimplemented!()
    }

    /// The flows of exactly that namespace, by id.
    pub async fn flows_of(&self, tenant: &str, namespace: &str) -> Result<Vec<FlowSummary>, Error> {
        let _ = (tenant, namespace);
        unimplemented!()
    }

    pub async fn search_flows(
        &self,
        tenant: &str,
        query: FlowQuery,
        page: PageRequest,
    ) -> Result<Page<FlowSummary>, Error> {
        let _ = (tenant, query, page);
        unimplemented!()
    }

    /// Reads every document of a source and says what is wrong with each.
    pub async fn validate_flows(&self, tenant: &str, source: &str) -> Result<Vec<Validation>, Error> {
        let _ = (tenant, source);
        unimplemented!()
    }
}
