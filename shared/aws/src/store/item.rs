//! An item as the table has it.
//!
//! | attribute | type | |
//! |---|---|---|
//! | `pk`, `sk` | S | the key |
//! | `v` | N | the version |
//! | `b` | B | the body; absent when it is empty |
//! | `ws`, `w` | S, N | shard and `wake_at` in milliseconds: the key of the sparse index `due` |
//! | `l`, `p` | S, S | shard and list, and the place: the key of the sparse index `list` |
//! | `s` | B | the summary, copied into `list`; absent when it is empty |
//! | `x` | N | `expires_at` in seconds, rounded up: after it `DynamoDB` may remove the item. Never read |
//! | `n` | N = 1 | the notifier wants to see this write: see [`NOTABLE`] |

use std::{collections::HashMap, fmt::Display};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use bytes::Bytes;
use engine::time::Timestamp;
use ports::store::{Condition, Content, Due, Entry, Error, Item, Key, Listed, Version};

use super::shard;

pub(super) const PARTITION: &str = "pk";
pub(super) const SORT: &str = "sk";
pub(super) const VERSION: &str = "v";
pub(super) const BODY: &str = "b";
pub(super) const WAKE_SHARD: &str = "ws";
pub(super) const WAKE_AT: &str = "w";
pub(super) const LIST: &str = "l";
pub(super) const PLACE: &str = "p";
pub(super) const SUMMARY: &str = "s";
pub(super) const EXPIRES: &str = "x";
/// Set on a put that replaces a version and leaves nothing to wake for: an execution that ended after more than one
/// commit. The stream's filter asks for it, so that the notifier is not run for every other write.
pub(super) const NOTABLE: &str = "n";

/// What an item may have beside its key and version.
pub(super) const OPTIONAL: [&str; 8] = [BODY, WAKE_SHARD, WAKE_AT, LIST, PLACE, SUMMARY, EXPIRES, NOTABLE];

pub(super) type Attributes = HashMap<String, AttributeValue>;

/// The attributes of a key.
pub(super) fn key_attributes(key: &Key) -> Attributes {
    HashMap::from([
        (PARTITION.to_owned(), AttributeValue::S(key.partition.clone())),
        (SORT.to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

/// What a put of this content sets, without key and version.
pub(super) fn content_attributes(key: &Key, condition: Condition, content: &Content) -> Attributes {
    let mut attributes = HashMap::with_capacity(OPTIONAL.len() + 3);
    let mut set = |name: &str, value| attributes.insert(name.to_owned(), value);
    if !content.body.is_empty() {
        set(BODY, AttributeValue::B(Blob::new(content.body.to_vec())));
    }
    if let Some(wake_at) = content.wake_at {
        set(WAKE_SHARD, AttributeValue::S(shard::due(key)));
        set(WAKE_AT, number(wake_at.as_millis()));
    } else if matches!(condition, Condition::Version(_)) {
        set(NOTABLE, number(1));
    }
    if let Some(entry) = &content.entry {
        set(LIST, AttributeValue::S(shard::list(key, &entry.list)));
        set(PLACE, AttributeValue::S(entry.place.clone()));
        if !entry.summary.is_empty() {
            set(SUMMARY, AttributeValue::B(Blob::new(entry.summary.to_vec())));
        }
    }
    if let Some(expires_at) = content.expires_at {
        set(EXPIRES, number(expires_at.as_millis().saturating_add(999).div_euclid(1_000)));
    }
    attributes
}

pub(super) fn number(number: impl Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// An item of the table.
pub(super) fn item(mut attributes: Attributes) -> Result<Item, Error> {
    let key = key(&mut attributes)?;
    let version = Version(required(&mut attributes, VERSION, as_number)?);
    let wake_at = optional(&mut attributes, WAKE_AT, as_number)?.map(Timestamp::from_millis);
    let entry = match optional(&mut attributes, LIST, as_text)? {
        Some(hash_key) => Some(Entry {
            list: shard::list_of(&hash_key).ok_or_else(|| damaged(LIST))?.to_owned(),
            place: required(&mut attributes, PLACE, as_text)?,
            summary: optional(&mut attributes, SUMMARY, as_bytes)?.unwrap_or_default(),
        }),
        None => None,
    };
    let body = optional(&mut attributes, BODY, as_bytes)?.unwrap_or_default();
    Ok(Item { key, version, content: Content { body, wake_at, entry, expires_at: None } })
}

/// An entry of the index `list`.
pub(super) fn listed(mut attributes: Attributes) -> Result<Listed, Error> {
    Ok(Listed {
        key: key(&mut attributes)?,
        place: required(&mut attributes, PLACE, as_text)?,
        summary: optional(&mut attributes, SUMMARY, as_bytes)?.unwrap_or_default(),
    })
}

/// An entry of the index `due`.
pub(super) fn due(mut attributes: Attributes) -> Result<Due, Error> {
    Ok(Due {
        key: key(&mut attributes)?,
        wake_at: Timestamp::from_millis(required(&mut attributes, WAKE_AT, as_number)?),
    })
}

fn key(attributes: &mut Attributes) -> Result<Key, Error> {
    Ok(Key {
        partition: required(attributes, PARTITION, as_text)?,
        sort: required(attributes, SORT, as_text)?,
    })
}

fn required<T>(
    attributes: &mut Attributes,
    name: &str,
    read: impl Fn(AttributeValue) -> Option<T>,
) -> Result<T, Error> {
    optional(attributes, name, read)?.ok_or_else(|| damaged(name))
}

fn optional<T>(
    attributes: &mut Attributes,
    name: &str,
    read: impl Fn(AttributeValue) -> Option<T>,
) -> Result<Option<T>, Error> {
    attributes.remove(name).map(|value| read(value).ok_or_else(|| damaged(name))).transpose()
}

fn damaged(name: &str) -> Error {
    Error::Corrupt(format!("the attribute `{name}` of an item is missing or not what it should be"))
}

fn as_text(value: AttributeValue) -> Option<String> {
    if let AttributeValue::S(text) = value { Some(text) } else { None }
}

fn as_bytes(value: AttributeValue) -> Option<Bytes> {
    if let AttributeValue::B(bytes) = value { Some(bytes.into_inner().into()) } else { None }
}

fn as_number<T: std::str::FromStr>(value: AttributeValue) -> Option<T> {
    if let AttributeValue::N(digits) = value { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
