//! `io.kestra.plugin.core.kv.Set`: keeps a value under a key.

use std::sync::Arc;

use engine::{
    duration,
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
    time::Timestamp,
};
use ports::{
    Answer,
    clock::Clock,
    engine::{Error, Expected, Kind, Value},
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::Value as Json;

use crate::{
    plain::{self, Done, Made},
    properties::{Properties, property, required},
    registry::Parts,
};

pub(crate) const SET: TaskType = TaskType {
    name: "io.kestra.plugin.core.kv.Set",
    aliases: &[],
    properties: &[
        required("key", Shape::String),
        required("value", Shape::Typed),
        property("namespace", Shape::String),
        property("overwrite", Shape::Boolean),
        property("ttl", Shape::Duration),
        property(
            "kvType",
            Shape::OneOf(&["STRING", "NUMBER", "BOOLEAN", "DATETIME", "DATE", "DURATION", "JSON"]),
        ),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Set {
    clock: Arc<dyn Clock>,
}

impl Set {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { clock: Arc::clone(&parts.clock) }
    }

    async fn set(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let mut properties = Properties::new(&attempt.properties);
        let key = properties.required_text("key");
        let namespace = properties.text("namespace").unwrap_or_else(|| attempt.namespace.clone());
        let overwrite = properties.flag("overwrite", true);
        let expires_at = properties.duration("ttl").map(|ttl| self.clock.now().plus(ttl));
        let kind = properties.word("kvType", Kind::from_name);
        let json = properties.any("value").cloned().unwrap_or_default();
        properties.finish()?;
        let (kind, json) = typed(json, kind)?;
        let value = Value { kind, json, expires_at };
        let expected = if overwrite { Expected::Anything } else { Expected::Absent };
        let set = surroundings.engine.set_value(&attempt.tenant, &namespace, &key, value, expected).await;
        set.map(|()| Made::default()).map_err(|error| match error {
            Error::Changed(key) => format!(
                "Cannot set value for key '{key}'. Key already exists and `overwrite` is set to `false`."
            ),
            Error::Refused(_) | Error::Unavailable(_) => error.to_string(),
        })
    }
}

impl Runnable for Set {
    fn task_type(&self) -> &TaskType {
        &SET
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), self.set(attempt, &surroundings)).await })
    }
}

/// The value as its type wants it. Kestra: only a text is converted, whatever else is rendered is what it is.
fn typed(json: Json, wanted: Option<Kind>) -> Result<(Kind, Json), String> {
    let (Json::String(text), Some(kind)) = (&json, wanted) else {
        return Ok((Kind::of(&json), json));
    };
    let refused = |what: &str| format!("`{text}` is not {what}");
    let converted = match kind {
        Kind::String => json,
        Kind::Number => match serde_json::from_str(text) {
            Ok(number @ Json::Number(_)) => number,
            Ok(_) | Err(_) => return Err(refused("a number")),
        },
        Kind::Boolean => Json::Bool(text.eq_ignore_ascii_case("true")),
        Kind::DateTime => {
            text.parse::<Timestamp>().map_err(|error| error.to_string())?;
            json
        }
        Kind::Date => {
            let midnight = format!("{text}T00:00:00Z").parse::<Timestamp>();
            midnight.map_err(|_| refused("a date such as 2024-07-12"))?;
            json
        }
        Kind::Duration => {
            duration::parse(text)?;
            json
        }
        Kind::Json => serde_json::from_str(text).map_err(|error| refused(&format!("JSON: {error}")))?,
    };
    Ok((kind, converted))
}
