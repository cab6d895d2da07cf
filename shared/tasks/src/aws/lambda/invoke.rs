//! `io.kestra.plugin.aws.lambda.Invoke`: calls a function, and keeps what it answers.

use std::time::{Duration, Instant};

use aws_sdk_lambda::{Client, operation::invoke::InvokeOutput, primitives::Blob};
use engine::{
    execution::Metric,
    flow::{PropertyType, Shape, TaskType},
};
use ports::Answer;
use serde_json::{Value as Json, json};

use crate::{
    aws::{
        Work,
        connection::{self, Connection, Patience},
        said::said,
    },
    plain::{Done, outputs},
    properties::{Properties, property, required},
    storage::Target,
};

/// As long as a function may run. It is called once: one that broke off may have done its work, and the flow's `retry`
/// says whether it is to be done again.
const PATIENCE: Patience =
    Patience { attempt: Duration::from_secs(910), call: Duration::from_secs(910), attempts: 1 };
/// Bytes of a function's error that its message has.
const ERROR_BYTES_MAX: usize = 16 * 1024;

const PROPERTIES: [PropertyType; 14] =
    connection::with([required("functionArn", Shape::String), property("functionPayload", Shape::Any)]);

pub(crate) const INVOKE: TaskType =
    TaskType { name: "io.kestra.plugin.aws.lambda.Invoke", aliases: &[], properties: &PROPERTIES };

pub(crate) fn invoke(work: Work<'_>) -> Answer<'_, Done> {
    Box::pin(async move {
        let mut properties = Properties::new(&work.attempt.properties);
        let connection = Connection::read(&mut properties);
        let function = properties.required_text("functionArn");
        let payload = properties.map("functionPayload");
        properties.finish()?;
        let payload = (!payload.is_empty()).then(|| Blob::new(Json::Object(payload).to_string()));
        let execution = work.attempt.execution.to_string();
        let client = Client::new(&connection.open(work.shared, PATIENCE, &execution).await?);
        let started = Instant::now();
        let called = client.invoke().function_name(&function).set_payload(payload).send().await;
        let answer = called.map_err(|error| {
            format!("Lambda Invoke task execution failed for function: {function}. {}", said(error))
        })?;
        let took = started.elapsed();
        answered(work, &function, answer, took).await
    })
}

async fn answered(work: Work<'_>, function: &str, answer: InvokeOutput, took: Duration) -> Done {
    let failed = answer.function_error().is_some();
    // What a function answers has 6 MB at most.
    let body = answer.payload.map(Blob::into_inner).unwrap_or_default();
    if failed {
        let text = String::from_utf8_lossy(&body);
        let shown = &text[..text.floor_char_boundary(ERROR_BYTES_MAX)];
        return Err(format!(
            "Lambda Invoke task responded with error for function: {function}. Error: {shown}"
        ));
    }
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    let kind = if is_json { "application/json" } else { "application/octet-stream" };
    let mut file =
        Target::open(work.attempt, work.surroundings, if is_json { "answer.json" } else { "answer" })?;
    file.write(&body).await;
    let made = outputs([
        ("uri", file.finish().await?),
        ("contentLength", json!(body.len())),
        ("contentType", json!(kind)),
    ]);
    Ok(made.measured([Metric::counter("file.size", body.len()), Metric::timer("duration", took)]))
}
