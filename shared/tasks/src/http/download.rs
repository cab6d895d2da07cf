//! `io.kestra.plugin.core.http.Download`: the body of a response as a file of internal storage.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use engine::{
    execution::{AttemptOutcome, Level, Metric},
    flow::{PropertyType, Shape, TaskType},
};
use futures_util::stream;
use hyper::header::CONTENT_DISPOSITION;
use ports::{
    Answer,
    blobs::{self, ByteStream},
    clock::Clock,
    run::{Attempt, Runnable, Surroundings},
    uri,
};
use serde_json::json;

use super::{Http, call::Call, exchange::Exchange, file_name, log::Log, properties};
use crate::{
    plain::{self, Done, outputs, said},
    properties::property,
    registry::Parts,
};

/// Bytes of a file unless `options.maxContentLength` says otherwise: as a FILE input may have.
const FILE_BYTES_MAX: u64 = 10 << 30;

const PROPERTIES: [PropertyType; 11] = properties::with([property("failOnEmptyResponse", Shape::Boolean)]);

pub(crate) const DOWNLOAD: TaskType = TaskType {
    name: "io.kestra.plugin.core.http.Download",
    aliases: &["io.kestra.plugin.fs.http.Download"],
    properties: &PROPERTIES,
};

/// The task type.
#[derive(Debug)]
pub(crate) struct Download {
    http: Arc<Http>,
    clock: Arc<dyn Clock>,
}

/// What has come of a body that somebody else reads.
#[derive(Debug, Default)]
struct Arrived {
    bytes: AtomicU64,
    problem: Mutex<Option<String>>,
}

impl Download {
    pub(crate) fn new(parts: &Parts) -> Self {
        Self { http: Arc::clone(&parts.http), clock: Arc::clone(&parts.clock) }
    }

    async fn download(&self, attempt: &Attempt, surroundings: &Surroundings) -> Done {
        let read = Call::read(attempt, surroundings, |own| own.flag("failOnEmptyResponse", true));
        let (call, fails_when_empty) = read.await?;
        let log = Log::new(surroundings.log.clone(), Arc::clone(&self.clock));
        let exchange = self.http.send(&call, &log).await?;
        let (code, headers) = (exchange.status.as_u16(), exchange.headers());
        let expected = (call.method != hyper::Method::HEAD).then(|| exchange.length()).flatten();
        let max = call.options.content_bytes_max.unwrap_or(FILE_BYTES_MAX);
        if let Some(length) = expected.filter(|it| *it > max) {
            return Err(format!(
                "the file has {length} bytes, and may have {max} at most (`options.maxContentLength`)"
            ));
        }
        let name = file_name::of(exchange.headers.get(CONTENT_DISPOSITION), &exchange.url);
        let path = blobs::Path::new(format!("{}/{name}", attempt.folder)).map_err(said)?;
        let arrived = Arc::new(Arrived::default());
        let put = surroundings.blobs.put(&path, content(exchange, &arrived), max).await;
        let length = arrived.bytes.load(Ordering::Relaxed);
        if let Err(error) = put {
            let problem = arrived.problem.lock().unwrap_or_else(PoisonError::into_inner).take();
            return Err(match (expected, problem) {
                (Some(expected), Some(problem)) if length < expected => {
                    format!("Invalid size, got {length}, expected {expected}: {problem}")
                }
                (_, Some(problem)) => problem,
                (_, None) => error.to_string(),
            });
        }
        if length == 0 {
            if fails_when_empty && !call.options.allows_failed {
                return Err("No response from server".to_owned());
            }
            log.say(Level::Warn, format!("File '{}' is empty", call.url)).await;
        }
        log.say(Level::Debug, format!("File '{}' downloaded with size '{length}'", call.url)).await;
        let file = uri::from_path(&path).map_err(said)?;
        Ok(outputs([
            ("uri", json!(file)),
            ("code", json!(code)),
            ("length", json!(length)),
            ("headers", headers),
        ])
        .measured([Metric::counter("response.length", length)]))
    }
}

/// The body as it comes: no more of it is in memory than one piece.
fn content(exchange: Exchange, arrived: &Arc<Arrived>) -> ByteStream {
    let state = Some((exchange, Arc::clone(arrived)));
    Box::pin(stream::unfold(state, |state| async move {
        let (mut exchange, arrived) = state?;
        match exchange.next().await {
            Ok(None) => None,
            Ok(Some(bytes)) => {
                arrived.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                Some((Ok(bytes), Some((exchange, arrived))))
            }
            Err(problem) => {
                *arrived.problem.lock().unwrap_or_else(PoisonError::into_inner) = Some(problem.clone());
                Some((Err(problem), None))
            }
        }
    }))
}

impl Runnable for Download {
    fn task_type(&self) -> &TaskType {
        &DOWNLOAD
    }

    fn run<'a>(&'a self, attempt: &'a Attempt, surroundings: Surroundings) -> Answer<'a, AttemptOutcome> {
        Box::pin(
            async move { plain::run(surroundings.stop.clone(), self.download(attempt, &surroundings)).await },
        )
    }
}
