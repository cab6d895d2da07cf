//! Tasks about the key-value store.

mod delete;
mod get;
mod keys;
mod set;

pub(crate) use self::{
    delete::{DELETE, Delete},
    get::{GET, Get},
    keys::{GET_KEYS, GetKeys},
    set::{SET, Set},
};

/// What a missing value fails with when it has to be there.
fn missing(key: &str, namespace: &str) -> String {
    format!("No value found for key '{key}' in namespace '{namespace}' and `errorOnMissing` is set to true")
}
