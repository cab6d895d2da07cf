//! Conductor's `HTTP`: the request is its input `http_request`, or the input itself, and the response is an output of
//! Conductor's form.

use std::sync::Arc;

use engine::{
    conductor::HTTP,
    execution::{AttemptOutcome, Ending},
    flow::{PropertyType, TaskType},
};
use hyper::StatusCode;
use ports::{
    Answer,
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
};
use serde_json::{Map, Value as Json, json};
use tokio::select;

use super::{Http, call::Call, log::Log, text};
use crate::{plain::outputs, registry::Parts, stop::Stop};

/// Bytes of a response: a task run keeps no more as its output.
const CONTENT_BYTES_MAX: u64 = 1 << 20;
/// Milliseconds until there is a connection, and between two pieces of the response, unless the input says otherwise.
const TIMEOUT_MS: u64 = 3_000;

const PROPERTIES: [PropertyType; 0] = [];

pub(crate) const CONDUCTOR: TaskType = TaskType { name: HTTP, aliases: &[], properties: &PROPERTIES };

/// The task type.
#[derive(Debug)]
pub(crate) struct Conductor {
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
}

impl Conductor {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { http: Arc::clone(&parts.http), clock: Arc::clone(&parts.clock) }
    }

    async fn call(&self, attempt: &Attempt, surroundings: &Surroundings) -> AttemptOutcome {
        let attempt = match properties(&attempt.properties) {
            Ok(properties) => Attempt { properties, ..attempt.clone() },
            Err(why) => return AttemptOutcome::failed(why),
        };
        match self.exchange(&attempt, surroundings).await {
            Ok(outcome) => outcome,
            // There was no response: Conductor shows why in its place.
            Err(why) => {
                let made = outputs([("response", json!(why))]);
                AttemptOutcome::new(Ending::Failed { message: why }, made.outputs)
            }
        }
    }

    async fn exchange(
        &self,
        attempt: &Attempt,
        surroundings: &Surroundings,
    ) -> Result<AttemptOutcome, String> {
        let (call, ()) = Call::read(attempt, surroundings, |_| ()).await?;
        let log = Log::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let mut exchange = self.http.send(&call, &log).await?;
        let body = exchange.gather(CONTENT_BYTES_MAX).await?;
        let body = body.ok_or_else(|| format!("the response has more than {CONTENT_BYTES_MAX} bytes"))?;
        let body = text::decode(body, &exchange.headers)?;
        let status = exchange.status;
        let read = serde_json::from_str(&body).unwrap_or_else(|_| Json::String(body.clone()));
        let response = json!({
            "headers": exchange.headers(),
            "reasonPhrase": reason(status),
            "body": if body.is_empty() { Json::Null } else { read },
            "statusCode": status.as_u16(),
        });
        let ending = if status.is_success() {
            Ending::Success
        } else if body.is_empty() {
            Ending::Failed { message: format!("{} {}", status.as_u16(), reason(status)) }
        } else {
            Ending::Failed { message: body }
        };
        Ok(AttemptOutcome::new(ending, outputs([("response", response)]).outputs))
    }
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

/// Conductor's words for a request, as the calls of this crate read them.
fn properties(input: &Map<String, Json>) -> Result<Map<String, Json>, String> {
    let request = match input.get("http_request") {
        Some(Json::Object(request)) => request,
        None | Some(Json::Null) => input,
        Some(other) => return Err(format!("`http_request` is {other}, a map is expected")),
    };
    let given = |name: &str| request.get(name).filter(|it| !it.is_null());
    let text = |name: &str| match given(name) {
        Some(Json::String(text)) if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    };
    // Conductor's words.
    let uri = text("uri")
        .ok_or("Missing HTTP URI. See documentation for HttpTask for required input parameters")?;
    let method = text("method").ok_or("No HTTP method specified")?;
    let mut headers = match given("headers") {
        Some(Json::Object(headers)) => headers.clone(),
        None => Map::new(),
        Some(other) => return Err(format!("`headers` is {other}, a map is expected")),
    };
    for value in headers.values_mut().filter(|it| !it.is_string()) {
        *value = Json::String(value.to_string());
    }
    let accepts = match given("accept") {
        Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
        Some(Json::String(one)) => one.clone(),
        _ => "application/json".to_owned(),
    };
    if !headers.keys().any(|name| name.eq_ignore_ascii_case("accept")) {
        headers.insert("Accept".to_owned(), Json::String(accepts));
    }
    let millis = |name: &str| given(name).and_then(Json::as_u64).filter(|it| *it > 0).unwrap_or(TIMEOUT_MS);
    let time = |millis: u64| format!("PT{}.{:03}S", millis / 1_000, millis % 1_000);
    let mut all = Map::new();
    all.insert("uri".to_owned(), json!(uri));
    all.insert("method".to_owned(), json!(method));
    all.insert("headers".to_owned(), Json::Object(headers));
    all.insert("contentType".to_owned(), json!(text("contentType").unwrap_or("application/json")));
    if let Some(body) = given("body") {
        all.insert("body".to_owned(), body.clone());
    }
    let (connect, read) = (time(millis("connectionTimeOut")), time(millis("readTimeOut")));
    let options = json!({
        "allowFailed": true, "timeout": {"connectTimeout": connect, "readIdleTimeout": read},
    });
    all.insert("options".to_owned(), options);
    Ok(all)
}

impl Runnable for Conductor {
    fn task_type(&self) -> &TaskType {
        &CONDUCTOR
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(async move {
            let mut stop = Stop::new(surroundings.stop.clone());
            select! {
                biased;
                () = stop.asked() => AttemptOutcome::new(Ending::Killed, Map::new()),
                outcome = self.call(attempt, &surroundings) => outcome,
            }
        })
    }
}
