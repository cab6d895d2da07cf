//! How much passes through: requests and answers over a limit of the deployment.
//!
//! Something before this process may take no larger request and hand no larger answer on (a gateway, a function's
//! payload). What is larger goes another way, past it: files come by `POST …/uploads`, and an answer is kept among the
//! blobs and fetched from there.
//!
//! # Invariants
//! * Nothing is read beyond the limit of a request, and its sender is told 413 and where to go instead.
//! * Streams of events have no size and pass as they are.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use service::{Service, access::MAIN};

use crate::{error::Error, submitted::essence, tenant};

/// Holds a request and its answer against the limits.
pub(crate) async fn guard(service: Service, request: Request, next: Next) -> Response {
    let (body_max, answer_max) = (service.settings().body_bytes_max, service.settings().answer_bytes_max);
    if body_max.is_none() && answer_max.is_none() {
        return next.run(request).await;
    }
    Box::pin(limited(service, request, next, (body_max, answer_max))).await
}

async fn limited(
    service: Service,
    request: Request,
    next: Next,
    (body_max, answer_max): (Option<u64>, Option<u64>),
) -> Response {
    let (mut parts, body) = request.into_parts();
    let tenant = match answer_max {
        None => None,
        Some(_) => tenant::in_path(&mut parts, &service).await.ok().flatten(),
    };
    let request = Request::from_parts(parts, body);
    let response = match body_max {
        None => next.run(request).await,
        Some(limit) => within(limit, request, next).await,
    };
    match answer_max {
        None => response,
        Some(limit) => by_the_door(&service, tenant.as_deref().unwrap_or(MAIN), limit, response)
            .await
            .unwrap_or_else(Error::into_response),
    }
}

/// Lets at most so many bytes of a request pass.
async fn within(limit: u64, request: Request, next: Next) -> Response {
    if announced(&request).is_some_and(|size| size > limit) {
        return too_large(limit);
    }
    let over = Arc::new(AtomicBool::new(false));
    let (parts, body) = request.into_parts();
    let counted = Counted { body: body.into_data_stream(), left: limit, over: Arc::clone(&over) };
    let response = next.run(Request::from_parts(parts, Body::from_stream(counted))).await;
    // The route only sees a body that broke off.
    if over.load(Relaxed) { too_large(limit) } else { response }
}

fn announced(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn too_large(limit: u64) -> Response {
    let message = format!(
        "a request may have at most {limit} bytes here; send large files by \
         POST /api/v1/executions/{{namespace}}/{{flow}}/uploads"
    );
    Error::Service(service::Error::TooLarge(message)).into_response()
}

/// A body that breaks off at a limit.
struct Counted<S> {
    body: S,
    left: u64,
    over: Arc<AtomicBool>,
}

impl<S: Stream<Item = Result<Bytes, axum::Error>> + Unpin> Stream for Counted<S> {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = std::task::ready!(self.body.poll_next_unpin(context));
        let size = chunk.as_ref().and_then(|it| it.as_ref().ok()).map_or(0, |it| it.len() as u64);
        let Some(left) = self.left.checked_sub(size) else {
            self.over.store(true, Relaxed);
            return Poll::Ready(Some(Err(axum::Error::new("the request is too large"))));
        };
        self.left = left;
        Poll::Ready(chunk)
    }
}

/// Sends an answer that is too large the other way: 303, and it is fetched from where the blobs are.
async fn by_the_door(
    service: &Service,
    tenant: &str,
    limit: u64,
    response: Response,
) -> Result<Response, Error> {
    let Some(size) = response.body().size_hint().exact().filter(|size| *size > limit) else {
        return Ok(response);
    };
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Error::Service(service::Error::Internal(error.to_string())))?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let ending = match essence(&String::from_utf8_lossy(content_type)).as_str() {
        "application/json" => "json",
        _ => "txt",
    };
    let url =
        service.answer_url(tenant, ending, bytes).await?.ok_or(Error::AnswerTooLarge { size, limit })?;
    parts.status = StatusCode::SEE_OTHER;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_DISPOSITION] {
        parts.headers.remove(name);
    }
    parts.headers.insert(header::LOCATION, location(&url)?);
    Ok(Response::from_parts(parts, Body::empty()))
}

/// The header that sends a client to a door.
///
/// # Errors
/// When what the blobs gave is no URL.
pub(crate) fn location(url: &str) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(url)
        .map_err(|error| Error::Service(service::Error::Internal(format!("the URL of a blob: {error}"))))
}
