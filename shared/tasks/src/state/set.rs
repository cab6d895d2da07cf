//! `io.kestra.plugin.core.state.Set`: merges a map into a state.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    engine::{Error, Expected, Kind, Value},
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json, json};

use super::{PROPERTIES, named, read};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, property},
};

/// Tries against others who set the same state at the same time.
const TRIES_MAX: usize = 20;

pub(crate) const SET: TaskType = TaskType {
    name: "io.kestra.plugin.core.state.Set",
    aliases: &["io.kestra.core.tasks.states.Set"],
    properties: &{
        let [name, namespace, value] = PROPERTIES;
        [name, namespace, value, property("data", Shape::Any)]
    },
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Set;

impl Runnable for Set {
    fn task_type(&self) -> &TaskType {
        &SET
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), set(attempt, &surroundings)).await })
    }
}

async fn set(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let (key, name) = named(&mut properties, attempt);
    let data = match properties.any("data") {
        None => Map::new(),
        Some(Json::Object(data)) => data.clone(),
        Some(_) => {
            properties.problem("`data` must be a map".to_owned());
            Map::new()
        }
    };
    properties.finish()?;
    for _ in 0..TRIES_MAX {
        let (mut state, expected) = match read(attempt, surroundings, &key).await? {
            Some((state, version)) => (state, Expected::Version(version)),
            None => (Map::new(), Expected::Absent),
        };
        merge(&mut state, &data);
        let count = state.len();
        let value = Value { kind: Kind::Json, json: Json::Object(state), expires_at: None };
        let (tenant, namespace) = (&attempt.tenant, &attempt.namespace);
        match surroundings.engine.set_value(tenant, namespace, &key, value, expected).await {
            Ok(()) => return Ok(outputs([("count", json!(count)), ("key", json!(key))])),
            Err(Error::Changed(_)) => {}
            Err(error @ (Error::Refused(_) | Error::Unavailable(_))) => return Err(error.to_string()),
        }
    }
    Err(format!("the state '{name}' is being set by too many others at the same time"))
}

/// Kestra: maps are merged, lists are put one behind the other, anything else is replaced.
fn merge(into: &mut Map<String, Json>, data: &Map<String, Json>) {
    for (key, new) in data {
        match (into.get_mut(key), new) {
            (Some(Json::Object(old)), Json::Object(new)) => merge(old, new),
            (Some(Json::Array(old)), Json::Array(new)) => old.extend(new.iter().cloned()),
            (_, new) => {
                into.insert(key.clone(), new.clone());
            }
        }
    }
}
