//! The key-value store: one item a key, one partition a namespace.
//!
//! The store removes an item some time after it expires, so its body says when that is as well.

use engine::time::Timestamp;
use ports::{
    engine::{Expected, Kind, Stored, Value},
    store::{Condition, Content, Direction, Item, KEY_BYTES_MAX, Range, Version, Write},
};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{Class, Error, Service, keys, record};

/// Keys one question may find.
const KEYS_MAX: usize = 10_000;
/// Items read at once: a value may be as large as an item.
const PAGE_ITEMS: usize = 100;

/// A value as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Body {
    #[serde(rename = "k")]
    kind: Kind,
    #[serde(rename = "v")]
    json: Json,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

impl Service {
    pub(crate) async fn kept_value(
        &self,
        tenant: &str,
        namespace: &str,
        key: &str,
    ) -> Result<Option<Stored>, Error> {
        check(key)?;
        let item = self.store().get(&keys::value(tenant, namespace, key)).await?;
        item.map(|item| self.stored_value(&item)).transpose()
    }

    /// # Errors
    /// `Contention` when it is not as expected; `Invalid` for a key that is none; `TooLarge`.
    pub(crate) async fn keep_value(
        &self,
        tenant: &str,
        namespace: &str,
        key: &str,
        value: &Value,
        expected: Expected,
    ) -> Result<(), Error> {
        check(key)?;
        let expires_at = value.expires_at;
        let body = record::encode(&Body { kind: value.kind, json: value.json.clone(), expires_at })?;
        let content = Content { body: body.clone(), expires_at, ..Content::default() };
        let at = keys::value(tenant, namespace, key);
        let put = |condition| vec![Write::Put { key: at.clone(), condition, content: content.clone() }];
        match expected {
            Expected::Anything => self.write(&at, &body, put(Condition::None)).await,
            Expected::Version(version) => {
                self.write(&at, &body, put(Condition::Version(Version(version)))).await
            }
            Expected::Absent => match self.write(&at, &body, put(Condition::Absent)).await {
                Err(error) if error.class() == Class::Contention => {
                    match self.kept_value(tenant, namespace, key).await? {
                        Some(Stored { expired: true, version, .. }) => {
                            self.write(&at, &body, put(Condition::Version(Version(version)))).await
                        }
                        Some(Stored { expired: false, .. }) | None => Err(error),
                    }
                }
                written => written,
            },
        }
    }

    /// Whether there was one that had not expired.
    pub(crate) async fn forget_value(&self, tenant: &str, namespace: &str, key: &str) -> Result<bool, Error> {
        let Some(stored) = self.kept_value(tenant, namespace, key).await? else { return Ok(false) };
        let key = keys::value(tenant, namespace, key);
        self.store().commit(vec![Write::Delete { key, condition: Condition::None }]).await?;
        Ok(!stored.expired)
    }

    /// # Errors
    /// `Invalid` when there are more than [`KEYS_MAX`].
    pub(crate) async fn kept_keys(
        &self,
        tenant: &str,
        namespace: &str,
        prefix: &str,
    ) -> Result<Vec<String>, Error> {
        let partition = keys::values(tenant, namespace);
        let mut keys = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let range =
                Range { prefix, after: after.as_deref(), direction: Direction::Ascending, limit: PAGE_ITEMS };
            let items = self.store().query(&partition, range).await?;
            let Some(last) = items.last() else { return Ok(keys) };
            after = Some(last.key.sort.clone());
            for item in items {
                if !self.stored_value(&item)?.expired {
                    keys.push(item.key.sort);
                }
            }
            if keys.len() > KEYS_MAX {
                return Err(Error::argument(format!(
                    "more than {KEYS_MAX} keys in the namespace '{namespace}'; a longer prefix finds fewer"
                )));
            }
        }
    }

    fn stored_value(&self, item: &Item) -> Result<Stored, Error> {
        let Body { kind, json, expires_at } = record::decode(&item.content.body)?;
        let expired = expires_at.is_some_and(|end| end <= self.now());
        Ok(Stored { value: Value { kind, json, expires_at }, expired, version: item.version.0 })
    }
}

/// Kestra: `[a-zA-Z0-9][a-zA-Z0-9._-]*`.
fn check(key: &str) -> Result<(), Error> {
    let sound = key.starts_with(|first: char| first.is_ascii_alphanumeric())
        && key.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '_' | '-'))
        && key.len() <= KEY_BYTES_MAX;
    if sound {
        return Ok(());
    }
    Err(Error::argument(format!(
        "Key must start with an alphanumeric character (uppercase or lowercase) and can contain alphanumeric characters \
         (uppercase or lowercase), dots (.), underscores (_), and hyphens (-) only, {KEY_BYTES_MAX} in all; it is '{key}'"
    )))
}
