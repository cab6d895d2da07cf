//! `io.kestra.plugin.core.http.SseRequest`: the events of a stream, or what an expression finds in each of them.

use std::sync::Arc;

use engine::{
    execution::{AttemptOutcome, Level},
    flow::{PropertyType, Shape, TaskType},
};
use hyper::header::{ACCEPT, HeaderValue};
use ports::{
    Answer,
    clock::Clock,
    engine::Rendering,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json, json};

use super::{Http, call::Call, events::Events, log::Log, properties};
use crate::{
    plain::{self, Done, outputs, said},
    properties::property,
    registry::Parts,
};

/// Bytes of a stream unless `options.maxContentLength` says otherwise.
const CONTENT_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Events of one stream.
const EVENTS_MAX: usize = 10_000;

const PROPERTIES: [PropertyType; 13] = properties::with([
    property("concatJqExpression", Shape::String),
    property("failedOnMissingJq", Shape::Boolean),
    property("maxEvents", Shape::Integer),
]);

pub(crate) const SSE_REQUEST: TaskType =
    TaskType { name: "io.kestra.plugin.core.http.SseRequest", aliases: &[], properties: &PROPERTIES };

/// The task type.
#[derive(Debug)]
pub(crate) struct SseRequest {
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
}

impl SseRequest {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { http: Arc::clone(&parts.http), clock: Arc::clone(&parts.clock) }
    }

    async fn follow(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let read = Call::read(attempt, surroundings, |own| {
            (own.text("concatJqExpression"), own.flag("failedOnMissingJq", true), own.whole("maxEvents"))
        });
        let (mut call, (query, fails_when_missing, wanted)) = read.await?;
        call.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("text/event-stream"));
        let log = Log::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let events = self.events(&call, wanted, &log).await?;
        let mut outputs = outputs([("uri", json!(call.url.as_str())), ("size", json!(events.len()))]);
        let found = match query {
            None => Vec::new(),
            Some(query) => {
                let found = find(&query, &events, attempt, surroundings).await?;
                let mut texts = Vec::new();
                for found in found {
                    match found {
                        Ok(text) => texts.extend(text),
                        Err(problem) if fails_when_missing => return Err(problem),
                        Err(problem) => {
                            log.say(Level::Debug, format!("{problem}. Skipping this event.")).await;
                        }
                    }
                }
                texts
            }
        };
        if found.is_empty() {
            outputs.put("events", Json::Array(events));
        } else {
            outputs.put("result", Json::String(found.concat()));
        }
        Ok(outputs)
    }

    /// All events until the server ends the stream, or as many as are wanted.
    async fn events(&self, call: &Call, wanted: Option<u64>, log: &Log) -> Result<Vec<Json>, String> {
        let mut exchange = self.http.send(call, log).await?;
        let bytes_max = call.options.content_bytes_max.unwrap_or(CONTENT_BYTES_MAX);
        let wanted = wanted.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
        let (mut reading, mut events, mut bytes) = (Events::default(), Vec::new(), 0);
        while let Some(piece) = exchange.next().await? {
            bytes += piece.len() as u64;
            if bytes > bytes_max {
                return Err(format!(
                    "the events have more than {bytes_max} bytes (`options.maxContentLength`)"
                ));
            }
            for event in reading.read(&piece)? {
                if events.len() < wanted {
                    events.push(event.into_json());
                }
            }
            if events.len() >= wanted {
                break;
            }
            if events.len() > EVENTS_MAX {
                return Err(format!(
                    "there are more than {EVENTS_MAX} events; `maxEvents` says when to stop"
                ));
            }
        }
        Ok(events)
    }
}

/// What the query gives for each event: a text, nothing, or a problem in Kestra's words.
async fn find(
    query: &str,
    events: &[Json],
    attempt: &Attempt,
    surroundings: &Surroundings,
) -> Result<Vec<Result<Option<String>, String>>, String> {
    let variables = events.iter().map(|event| {
        Map::from_iter([("event".to_owned(), event.clone()), ("query".to_owned(), json!(query))])
    });
    let rendering = Rendering {
        expression: "{{ event | jq(query) | toJson }}".to_owned(),
        variables: variables.collect(),
    };
    let engine = &surroundings.engine;
    let rendered = engine.render(&attempt.tenant, attempt.execution, attempt.task_run, &rendering).await;
    let rendered = rendered.map_err(said)?;
    let read = |(rendered, event): (Result<String, String>, &Json)| {
        let failed =
            |why: &str| format!("Failed to resolve JQ expression '{query}' and value '{event}': {why}");
        let json = rendered.map_err(|error| failed(&error))?;
        let values = match serde_json::from_str(&json) {
            Ok(Json::Array(values)) => values,
            Ok(value) => vec![value],
            Err(error) => return Err(failed(&error.to_string())),
        };
        // Kestra: the last one counts.
        let mut text = None;
        for value in values {
            text = match value {
                Json::String(text) => Some(text),
                Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
                Json::Null | Json::Array(_) | Json::Object(_) => {
                    return Err(failed("Expected text value from JQ expression"));
                }
            };
        }
        Ok(text)
    };
    Ok(rendered.into_iter().zip(events).map(read).collect())
}

impl Runnable for SseRequest {
    fn task_type(&self) -> &TaskType {
        &SSE_REQUEST
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), self.follow(attempt, &surroundings)).await },
        )
    }
}
