//! Revisions of flows and templates that were read before.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Parsed revisions, newest revisions, and flows with templates in them, of which each are kept at hand.
pub(crate) const CACHED_MAX: usize = 1_024;

/// Tenant, namespace, id.
pub(crate) type Key = (String, String, String);

/// Something that is kept in revisions.
pub(crate) trait Revisioned {
    fn key(&self) -> Key;
    fn revision(&self) -> u32;
}

/// What was read before. Revisions never change; the newest one only counts when nobody else writes.
#[derive(Debug)]
pub(crate) struct Revisions<T> {
    revisions: RwLock<HashMap<Key, HashMap<u32, Arc<T>>>>,
    heads: RwLock<HashMap<Key, Arc<T>>>,
}

impl<T> Default for Revisions<T> {
    fn default() -> Self {
        Self { revisions: RwLock::default(), heads: RwLock::default() }
    }
}

impl<T: Revisioned> Revisions<T> {
    pub(crate) fn revision(&self, key: &Key, revision: u32) -> Option<Arc<T>> {
        let revisions = self.revisions.read().unwrap_or_else(PoisonError::into_inner);
        revisions.get(key)?.get(&revision).cloned()
    }

    pub(crate) fn keep_revision(&self, one: &Arc<T>) {
        let mut revisions = self.revisions.write().unwrap_or_else(PoisonError::into_inner);
        if revisions.values().map(HashMap::len).sum::<usize>() >= CACHED_MAX {
            revisions.clear();
        }
        revisions.entry(one.key()).or_default().insert(one.revision(), Arc::clone(one));
    }

    pub(crate) fn head(&self, key: &Key) -> Option<Arc<T>> {
        self.heads.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// Keeps the newer one: a slow reader must not bring an older head back.
    pub(crate) fn keep_head(&self, one: &Arc<T>) {
        let mut heads = self.heads.write().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= CACHED_MAX {
            heads.clear();
        }
        let head = heads.entry(one.key()).or_insert_with(|| Arc::clone(one));
        if head.revision() < one.revision() {
            *head = Arc::clone(one);
        }
    }

    pub(crate) fn forget_head(&self, key: &Key) {
        self.heads.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}
