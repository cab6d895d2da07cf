//! What every answer carries: the id of its request, what browsers are told, and whose pages may read it.

use std::{
    fmt::{self, Write as _},
    future::Future,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use service::Service;

use crate::{
    access::{self, Gate},
    doors, error,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that a caller gives.
const REQUEST_ID_MAX: usize = 128;
/// How long a browser need not ask again what it may send.
const PREFLIGHT_SECONDS: &str = "3600";
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
/// What pages may read beside the body.
const EXPOSED: &str = "Location, Retry-After, Preference-Applied, Content-Disposition, X-Request-Id";

/// Names one request in logs: as its caller called it, or a number of this process.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    fn of(headers: &HeaderMap) -> Self {
        let is_sane = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=REQUEST_ID_MAX).contains(&bytes.len())
                && bytes.iter().all(|it| it.is_ascii_alphanumeric() || b"-_.:/=+".contains(it))
        };
        Self(headers.get(REQUEST_ID).filter(is_sane).cloned().unwrap_or_else(next))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// Not to be found twice in the logs of a deployment: when the process began, and a count.
fn next() -> HeaderValue {
    static BEGAN: OnceLock<String> = OnceLock::new();
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let began = BEGAN.get_or_init(|| format!("{:016x}-", service::access::process_number()));
    let mut text = String::with_capacity(began.len() + 16);
    text.push_str(began);
    write!(text, "{:x}", COUNT.fetch_add(1, Relaxed)).expect("a String takes everything");
    HeaderValue::try_from(text).expect("hexadecimal digits are a header value")
}

/// Origins whose pages may call.
pub(crate) type Origins = Arc<[HeaderValue]>;

/// What stands between a connection and the routes, from outside to inside.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    pub(crate) origins: Origins,
    pub(crate) gate: Gate,
    pub(crate) service: Service,
}

/// All of them as one: a layer of axum costs an allocation and a copy of the request each.
pub(crate) async fn layers(State(layers): State<Layers>, request: Request, next: Next) -> Response {
    let Layers { origins, gate, service } = layers;
    let limited = |request| doors::guard(service, request, next);
    let permitted = |request| access::guard(gate, request, limited);
    let told = |request| error::envelope(request, permitted);
    dress(&origins, request, told).await
}

/// Dresses an answer, and answers what browsers ask before a request.
async fn dress<F: Future<Output = Response>>(
    origins: &Origins,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let id = RequestId::of(request.headers());
    let origin = request.headers().get(header::ORIGIN).filter(|it| origins.contains(it)).cloned();
    let preflight = origin.is_some()
        && request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        permission(request.headers())
    } else {
        request.extensions_mut().insert(id.clone());
        next(request).await
    };
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id.0);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !origins.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    response
}

/// A page may send any header: who asks is said in one, and nothing is sent by the browser itself.
fn permission(asked: &HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS));
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}
