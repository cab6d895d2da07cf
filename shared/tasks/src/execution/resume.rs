//! `io.kestra.plugin.core.execution.Resume`: lets a paused execution go on.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json};

use super::target::{self, target};
use crate::{
    plain::{self, Done, Made, said},
    properties::{Properties, property},
};

pub(crate) const RESUME: TaskType = TaskType {
    name: "io.kestra.plugin.core.execution.Resume",
    aliases: &[],
    properties: &{
        let [id, namespace, flow] = target::PROPERTIES;
        [id, namespace, flow, property("inputs", Shape::Any)]
    },
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Resume;

impl Runnable for Resume {
    fn task_type(&self) -> &TaskType {
        &RESUME
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), resume(attempt, &surroundings)).await })
    }
}

async fn resume(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let id = target(&mut properties, attempt);
    let inputs = match properties.any("inputs") {
        None => Map::new(),
        Some(Json::Object(inputs)) => inputs.clone(),
        Some(_) => {
            properties.problem("`inputs` must be a map".to_owned());
            Map::new()
        }
    };
    properties.finish()?;
    let execution = id.parse().map_err(|_| format!("No execution found for execution id {id}"))?;
    surroundings.engine.resume(&attempt.tenant, execution, inputs).await.map_err(said)?;
    Ok(Made::default())
}
