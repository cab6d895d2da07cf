//! `io.kestra.plugin.core.storage.Write`: a text as a file.

use engine::{
    execution::AttemptOutcome,
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    run::{Attempt, Runnable, Surroundings},
};

use super::file::{Target, extension};
use crate::{
    plain::{self, Done, outputs},
    properties::{Properties, property, required},
};

pub(crate) const WRITE: TaskType = TaskType {
    name: "io.kestra.plugin.core.storage.Write",
    aliases: &[],
    properties: &[required("content", Shape::String), property("extension", Shape::String)],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Write;

impl Runnable for Write {
    fn task_type(&self) -> &TaskType {
        &WRITE
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), write(attempt, &surroundings)).await })
    }
}

async fn write(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let mut properties = Properties::new(&attempt.properties);
    let content = properties.required_text("content");
    let extension = extension(&mut properties);
    properties.finish()?;
    let mut target = Target::open(attempt, surroundings, &format!("content{extension}"))?;
    target.write(content.as_bytes()).await;
    Ok(outputs([("uri", target.finish().await?)]))
}
