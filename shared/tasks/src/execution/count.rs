//! `io.kestra.plugin.core.execution.Count`: how many executions flows had, and for which of them that is worth a word.

use engine::{
    execution::{AttemptOutcome, State},
    flow::{Shape, TaskType},
};
use ports::{
    Answer,
    engine::{Counted, Rendering},
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    plain::{self, Done, outputs, said},
    properties::{Properties, fixed, property},
};

/// Flows and namespaces one task may count.
const COUNTED_MAX: usize = 1_000;

pub(crate) const COUNT: TaskType = TaskType {
    name: "io.kestra.plugin.core.execution.Count",
    aliases: &["io.kestra.core.tasks.executions.Counts"],
    properties: &[
        property("flows", Shape::Any),
        property("namespaces", Shape::Strings),
        property("states", Shape::Strings),
        property("startDate", Shape::String),
        property("endDate", Shape::String),
        // Rendered for each count.
        engine::flow::PropertyType { required: true, ..fixed("expression", Shape::Expression) },
    ],
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Count;

impl Runnable for Count {
    fn task_type(&self) -> &TaskType {
        &COUNT
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move { plain::run(surroundings.stop.clone(), count(attempt, &surroundings)).await })
    }
}

async fn count(attempt: &Attempt, surroundings: &Surroundings) -> Done {
    let (asked, expression) = read(attempt)?;
    let mut counts = Vec::with_capacity(asked.len());
    for one in &asked {
        counts.push(surroundings.engine.count(&attempt.tenant, one).await.map_err(said)?);
    }
    let variables = counts.iter().map(|count| Map::from_iter([("count".to_owned(), json!(count))])).collect();
    let rendering = Rendering { expression, variables };
    let rendered =
        surroundings.engine.render(&attempt.tenant, attempt.execution, attempt.task_run, &rendering).await;
    let mut results = Vec::new();
    let mut total = 0;
    for ((one, count), kept) in asked.iter().zip(counts).zip(rendered.map_err(said)?) {
        if kept? == "true" {
            let mut result = outputs([("namespace", json!(one.namespace))]);
            if let Some(flow) = &one.flow_id {
                result.put("flowId", json!(flow));
            }
            result.put("count", json!(count));
            results.push(Json::Object(result.outputs));
            total += count;
        }
    }
    Ok(outputs([("results", Json::Array(results)), ("total", json!(total))]))
}

fn read(attempt: &Attempt) -> Result<(Vec<Counted>, String), String> {
    let mut properties = Properties::new(&attempt.properties);
    let states = properties.words("states", State::from_name);
    let (start, end) = (properties.moment("startDate"), properties.moment("endDate"));
    let expression = properties.required_text("expression");
    let one = |namespace: String, flow_id| Counted { namespace, flow_id, states: states.clone(), start, end };
    let mut asked = Vec::new();
    match properties.any("flows") {
        None => {}
        Some(Json::Array(flows)) => {
            for flow in flows {
                let part = |name: &str| flow.get(name).and_then(Json::as_str).map(str::to_owned);
                match (part("namespace"), part("flowId")) {
                    (Some(namespace), Some(flow)) => asked.push(one(namespace, Some(flow))),
                    _ => properties
                        .problem("each of `flows` must have a `namespace` and a `flowId`".to_owned()),
                }
            }
        }
        Some(_) => properties.problem("`flows` must be a list".to_owned()),
    }
    asked.extend(properties.strings("namespaces").into_iter().map(|namespace| one(namespace, None)));
    if asked.is_empty() && properties.are_sound() {
        properties.problem("You must provide a list of flows or namespaces".to_owned());
    }
    if asked.len() > COUNTED_MAX {
        properties.problem(format!("at most {COUNTED_MAX} flows and namespaces can be counted at once"));
    }
    properties.finish().map(|()| (asked, expression))
}
