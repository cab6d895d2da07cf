//! `io.kestra.plugin.core.trigger.Toggle`: enables or disables a trigger.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    engine::TriggerName,
    run::{Attempt, Runnable, Surroundings},
};

use crate::{
    plain::{self, Done, Made, said},
    properties::{Properties, property, required},
};

pub(crate) const TOGGLE: TaskType = TaskType {
    name: "io.kestra.plugin.core.trigger.Toggle",
    aliases: &["io.kestra.core.tasks.trigger.Toggle"],
    properties: &[
        property("namespace", Shape::String),
        property("flowId", Shape::String),
        required("trigger", Shape::String),
        property("enabled", Shape::Boolean),
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Toggle;

impl Runnable for Toggle {
    fn task_type(&self) -> &TaskType {
        &TOGGLE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), toggle(attempt, &surroundings)).await })
    }
}

async fn toggle(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let which = TriggerName {
        namespace: properties.text("namespace").unwrap_or_else(|| attempt.namespace.clone()),
        flow_id: properties.text("flowId").unwrap_or_else(|| attempt.flow_id.clone()),
        trigger: properties.required_text("trigger"),
    };
    let enabled = properties.flag("enabled", false);
    properties.finish()?;
    surroundings.engine.toggle(&attempt.tenant, &which, enabled).await.map_err(said)?;
    Ok(Made::default())
}
