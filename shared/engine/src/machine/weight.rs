//! How much values take.

use serde_json::Value as Json;

/// About how many bytes values take, without writing them.
pub(crate) fn weight<'v>(values: impl Iterator<Item = &'v Json>) -> usize {
    values
        .map(|value| match value {
            Json::Null | Json::Bool(_) | Json::Number(_) => 8,
            Json::String(text) => text.len() + 2,
            Json::Array(items) => 2 + weight(items.iter()),
            Json::Object(map) => {
                2 + map.keys().map(|key| key.len() + 4).sum::<usize>() + weight(map.values())
            }
        })
        .sum()
}
