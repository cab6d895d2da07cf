//! Tasks that keep a map from one execution to the next.
//!
//! Kestra keeps states in the key-value store of the namespace, and so do we: a state is a value whose key says whose
//! it is.

mod delete;
mod get;
mod set;

use engine::flow::{PropertyType, Shape};
use ports::{
    engine::{Kind, Stored},
    run::{Attempt, Surroundings},
};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

pub(crate) use self::{
    delete::{DELETE, Delete},
    get::{GET, Get},
    set::{SET, Set},
};
use crate::{
    plain::said,
    properties::{Properties, fixed, property},
};

/// Which state is meant.
const PROPERTIES: [PropertyType; 3] = [
    property("name", Shape::String),
    fixed("namespace", Shape::Boolean),
    fixed("taskrunValue", Shape::Boolean),
];

/// The key of the state, and its name.
fn named(properties: &mut Properties<'_>, attempt: &Attempt) -> (String, String) {
    let name = properties.text("name").unwrap_or_else(|| "default".to_owned());
    let shared = properties.flag("namespace", false);
    let by_value = properties.flag("taskrunValue", true);
    let mut key = if shared { String::new() } else { format!("{}_", attempt.flow_id) };
    key.push_str("states_tasks-states");
    // A value may be of any length and hold any sign, which a key may not.
    if let Some(value) = attempt.value.as_deref().filter(|_| by_value) {
        key.push('_');
        key.extend(Sha256::digest(value).iter().take(16).map(|byte| format!("{byte:02x}")));
    }
    (format!("{key}_{name}"), name)
}

/// The state and its version; `None` when there is none.
async fn read(
    attempt: &Attempt,
    surroundings: &Surroundings,
    key: &str,
) -> Result<Option<(Map<String, Json>, u64)>, String> {
    let stored = surroundings.engine.value(&attempt.tenant, &attempt.namespace, key).await.map_err(said)?;
    match stored {
        Some(Stored { value, expired: false, version }) => match (value.kind, value.json) {
            (Kind::Json, Json::Object(state)) => Ok(Some((state, version))),
            _ => Err(format!("the value of the key '{key}' is not a state")),
        },
        Some(Stored { expired: true, .. }) | None => Ok(None),
    }
}

/// What a missing state fails with when it has to be there.
fn missing(name: &str) -> String {
    format!("Unable to find the state file '{name}'")
}
