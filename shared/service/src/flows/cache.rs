//! Revisions and newest revisions that were read before.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::StoredFlow;

/// Parsed revisions and newest revisions that are kept at hand.
const CACHED_MAX: usize = 1_024;

/// Tenant, namespace, id.
pub(super) type FlowKey = (String, String, String);

/// What was read before. Revisions never change; the newest one only counts when nobody else writes.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    revisions: RwLock<HashMap<FlowKey, HashMap<u32, Arc<StoredFlow>>>>,
    heads: RwLock<HashMap<FlowKey, Arc<StoredFlow>>>,
}

impl Cache {
    pub(super) fn revision(&self, key: &FlowKey, revision: u32) -> Option<Arc<StoredFlow>> {
        let revisions = self.revisions.read().unwrap_or_else(PoisonError::into_inner);
        revisions.get(key)?.get(&revision).cloned()
    }

    pub(super) fn keep_revision(&self, key: FlowKey, flow: &Arc<StoredFlow>) {
        let mut revisions = self.revisions.write().unwrap_or_else(PoisonError::into_inner);
        if revisions.values().map(HashMap::len).sum::<usize>() >= CACHED_MAX {
            revisions.clear();
        }
        revisions.entry(key).or_default().insert(flow.revision, Arc::clone(flow));
    }

    pub(super) fn head(&self, key: &FlowKey) -> Option<Arc<StoredFlow>> {
        self.heads.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps the newer one: a slow reader must not bring an older head back.
    pub(super) fn keep_head(&self, flow: &Arc<StoredFlow>) {
        let mut heads = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= CACHED_MAX {
            heads.clear();
        }
        let key = (flow.tenant.clone(), flow.namespace.clone(), flow.id.clone());
        let head = heads.entry(key).or_insert_with(|| Arc::clone(flow));
        if head.revision < flow.revision {
            *head = Arc::clone(flow);
        }
    }

    pub(super) fn forget_head(&self, tenant: &str, namespace: &str, id: &str) {
        let key = (tenant.to_owned(), namespace.to_owned(), id.to_owned());
        self.heads.write().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}
