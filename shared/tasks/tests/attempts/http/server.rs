//! A server that does what a test asks of it.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Path, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// What it has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: AtomicU64,
    /// Requests that wait for an answer they never get.
    pub(crate) waiting: AtomicU64,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
    serving: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Server {
    pub(crate) async fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new()
            .route("/echo", any(echo))
            .route("/status/{code}", any(status))
            .route("/redirect/{code}", any(redirect))
            .route("/around", any(|| async { redirected(302, "/around") }))
            .route("/bytes/{count}", any(bytes))
            .route("/text", any(text))
            .route("/events", any(events))
            .route("/never", any(never))
            .with_state(Arc::clone(&seen))
            .into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, seen, serving }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn requests(&self) -> u64 {
        self.seen.requests.load(Ordering::SeqCst)
    }
}

async fn echo(
    State(seen): State<Arc<Seen>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Json<Value> {
    seen.requests.fetch_add(1, Ordering::SeqCst);
    let headers: serde_json::Map<String, Value> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    Json(json!({
        "method": method.as_str(),
        "uri": uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
        "bytes": body.len(),
        "from": from.port(),
    }))
}

async fn status(Path(code): Path<u16>) -> Response {
    (StatusCode::from_u16(code).unwrap(), "no such thing").into_response()
}

async fn redirect(Path(code): Path<u16>, Query(to): Query<Vec<(String, String)>>) -> Response {
    redirected(code, &to[0].1)
}

fn redirected(code: u16, to: &str) -> Response {
    (StatusCode::from_u16(code).unwrap(), [(header::LOCATION, to)], "over there").into_response()
}

/// So many bytes, in pieces; with a query, as an attachment of this name.
async fn bytes(Path(count): Path<u64>, uri: Uri) -> Response {
    const PIECE: u64 = 64 * 1024;
    let pieces = stream::unfold(count, |left| async move {
        let size = left.min(PIECE);
        let piece = Bytes::from(vec![b'x'; usize::try_from(size).unwrap()]);
        (size > 0).then(|| (Ok::<_, std::convert::Infallible>(piece), left - size))
    });
    let mut response = Body::from_stream(pieces).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, count.into());
    if let Some(name) = uri.query() {
        let disposition = format!("attachment; filename=\"{name}\"").parse().unwrap();
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The bytes of the query in hexadecimal, with the content type in front of them: `text/plain,e4`.
async fn text(uri: Uri) -> Response {
    let (content_type, hex) = uri.query().unwrap().split_once(',').unwrap();
    let digits: Vec<char> = hex.chars().collect();
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap();
    let bytes: Vec<u8> = digits.chunks(2).map(byte).collect();
    ([(header::CONTENT_TYPE, content_type)], bytes).into_response()
}

/// One event after the other, and no end when it is asked so.
async fn events(State(seen): State<Arc<Seen>>, uri: Uri) -> Response {
    seen.requests.fetch_add(1, Ordering::SeqCst);
    let endless = uri.query() == Some("endless");
    let events = stream::unfold(1_u64, move |number| async move {
        if number > 3 && !endless {
            return None;
        }
        let event =
            format!("event: tick\nid: {number}\ndata: {{\"n\": {number}, \"text\": \"t{number}\"}}\n\n");
        Some((Ok::<_, std::convert::Infallible>(event), number + 1))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

/// Waits for ever; who gives up is counted.
async fn never(State(seen): State<Arc<Seen>>) -> Response {
    struct Waiting(Arc<Seen>);
    impl Drop for Waiting {
        fn drop(&mut self) {
            self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }
    seen.waiting.fetch_add(1, Ordering::SeqCst);
    let _waiting = Waiting(seen);
    std::future::pending().await
}

/// Comes back when it is so.
pub(crate) async fn until(what: impl Fn() -> bool) {
    let look = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), look).await.expect("it is never so");
}
