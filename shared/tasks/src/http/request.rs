//! `io.kestra.plugin.core.http.Request`: calls a service; the response is an output.

use std::sync::Arc;

use engine::{
    execution::AttemptOutcome,
    flow::{PropertyType, Shape, TaskType},
};
use hyper::{Method, StatusCode};
use ports::{
    Answer,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Value as Json, json};

use super::{Http, call::Call, log::Log, properties, text};
use crate::{
    plain::{self, Done, outputs},
    properties::property,
    registry::Parts,
};

/// Bytes of a response unless `options.maxContentLength` says otherwise (Kestra: the same).
const CONTENT_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// However much a flow allows: all of it is in memory at once.
const CONTENT_BYTES_LIMIT: u64 = 100 * 1024 * 1024;

const PROPERTIES: [PropertyType; 11] = properties::with([property("encryptBody", Shape::Boolean)]);

pub(crate) const REQUEST: TaskType = TaskType {
    name: "io.kestra.plugin.core.http.Request",
    aliases: &["io.kestra.plugin.fs.http.Request"],
    properties: &PROPERTIES,
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Request {
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
}

impl Request {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { http: Arc::clone(&parts.http), clock: Arc::clone(&parts.clock) }
    }

    async fn call(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let read = Call::read(attempt, surroundings, |own| own.flag("encryptBody", false));
        let (call, encrypts) = read.await?;
        let log = Log::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let mut exchange = self.http.send(&call, &log).await?;
        let max = call.options.content_bytes_max.unwrap_or(CONTENT_BYTES_MAX).min(CONTENT_BYTES_LIMIT);
        let body = exchange.gather(max).await?.ok_or_else(|| {
            format!("the response has more than {max} bytes (`options.maxContentLength`).\nYou can try using the Download task instead.")
        })?;
        let has_body = call.method != Method::HEAD
            && !matches!(exchange.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let mut outputs = outputs([
            ("uri", json!(call.url.as_str())),
            ("code", json!(exchange.status.as_u16())),
            ("headers", exchange.headers()),
        ]);
        if has_body {
            let body = text::decode(body, &exchange.headers)?;
            if call.options.logged.response_body {
                log.body("response body:", &body).await;
            }
            if encrypts {
                outputs.put("encryptedBody", surroundings.seal.seal(&body));
            } else {
                outputs.put("body", Json::String(body));
            }
        }
        Ok(outputs)
    }
}

impl Runnable for Request {
    fn task_type(&self) -> &TaskType {
        &REQUEST
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), self.call(attempt, &surroundings)).await },
        )
    }
}
