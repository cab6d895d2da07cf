//! The key-value store of a namespace, for callers.

use std::time::Duration;

use ports::engine::{Expected, Kind, Value};
use serde_json::Value as Json;

use crate::{Error, Service};

/// Bytes of one value. A file holds more.
pub const VALUE_BYTES_MAX: usize = 256 * 1024;

impl Service {
    /// A value and what it is (`STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION`, `JSON`).
    ///
    /// # Errors
    /// `NotFound`; `Expired`; `Invalid` for a key that is none.
    pub async fn kv(&self, tenant: &str, namespace: &str, key: &str) -> Result<(&'static str, Json), Error> {
        match self.kept_value(tenant, namespace, key).await? {
            Some(stored) if stored.expired => {
                Err(Error::Expired("The requested value has expired".to_owned()))
            }
            Some(stored) => Ok((stored.value.kind.name(), stored.value.json)),
            None => {
                Err(Error::NotFound(format!("No value found for key '{key}' in namespace '{namespace}'")))
            }
        }
    }

    /// Sets a value, whatever was there. It is gone after `ttl`, if there is one.
    ///
    /// # Errors
    /// `Invalid` for a key that is none; `TooLarge`.
    pub async fn set_kv(
        &self,
        (tenant, namespace, key): (&str, &str, &str),
        value: Json,
        ttl: Option<Duration>,
    ) -> Result<(), Error> {
        let expires_at = ttl.map(|ttl| self.now().plus(ttl));
        let value = Value { kind: Kind::of(&value), json: value, expires_at };
        self.keep_value(tenant, namespace, key, &value, Expected::Anything).await
    }

    /// Removes a value. Whether there was one.
    ///
    /// # Errors
    /// `Invalid` for a key that is none.
    pub async fn delete_kv(&self, tenant: &str, namespace: &str, key: &str) -> Result<bool, Error> {
        self.forget_value(tenant, namespace, key).await
    }

    /// The keys of a namespace, in order.
    ///
    /// # Errors
    /// `Invalid` when there are too many to list.
    pub async fn kv_keys(&self, tenant: &str, namespace: &str) -> Result<Vec<String>, Error> {
        self.kept_keys(tenant, namespace, "").await
    }
}
