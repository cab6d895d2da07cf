//! The router over a service on a SQLite file, where time stands still and ids are counted.

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
    response::Response,
};
use embedded::{Home, queue, store::Durability};
use engine::time::Timestamp;
use ports::{
    blobs::Blobs,
    clock::{Clock, Ids},
    run::Runnable,
    store::Store,
};
use serde_json::Value as Json;
use service::{Outside, Service, Settings};
use tower::ServiceExt;

use crate::doors::Doors;

/// 2024-07-12T05:13:42.140Z unless it is moved.
#[derive(Debug)]
struct StandingClock(AtomicI64);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// 1, 2, 3 …
#[derive(Debug, Default)]
struct CountedIds(AtomicU64);

impl Ids for CountedIds {
    fn next(&self, _now: Timestamp) -> u128 {
        u128::from(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) struct App {
    pub(crate) service: Service,
    pub(crate) stored: Arc<dyn Blobs>,
    router: Router,
    clock: Arc<StandingClock>,
    queue: queue::Receiver,
    folder: tempfile::TempDir,
}

/// What came back, and its body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What every answer has, and tests of their own look at.
const ALWAYS: [&str; 3] = ["referrer-policy", "x-content-type-options", "x-request-id"];

/// An answer whose body is still to come.
pub(crate) struct Open(Response);

impl Open {
    pub(crate) async fn read(self) -> Answer {
        let (parts, body) = self.0.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::over(settings, Vec::new(), |blobs| blobs)
    }

    /// With task types of the test's own.
    pub(crate) fn running(settings: Settings, runnables: Vec<Arc<dyn Runnable>>) -> Self {
        Self::over(settings, runnables, |blobs| blobs)
    }

    /// Over blobs that have a door.
    pub(crate) fn with_doors(settings: Settings) -> Self {
        Self::over(settings, Vec::new(), |blobs| Arc::new(Doors(blobs)))
    }

    /// Over an adapter that a test puts before the store.
    pub(crate) fn storing(settings: Settings, store: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        Self::made(settings, Vec::new(), |blobs| blobs, store)
    }

    fn over(
        settings: Settings,
        runnables: Vec<Arc<dyn Runnable>>,
        blobs: impl FnOnce(Arc<dyn Blobs>) -> Arc<dyn Blobs>,
    ) -> Self {
        Self::made(Settings { alone: true, ..settings }, runnables, blobs, |store| store)
    }

    fn made(
        settings: Settings,
        runnables: Vec<Arc<dyn Runnable>>,
        blobs: impl FnOnce(Arc<dyn Blobs>) -> Arc<dyn Blobs>,
        store: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
        let (sender, queue) = queue::Queue::new();
        let clock = Arc::new(StandingClock(AtomicI64::new(1_720_761_222_140)));
        let stored = blobs(home.blobs.clone());
        let outside = Outside {
            store: store(home.store.clone()),
            blobs: stored.clone(),
            replies: None,
            queue: Arc::new(sender),
            clock: clock.clone(),
            ids: Arc::new(CountedIds::default()),
            runnables,
        };
        let service = Service::new(outside, settings);
        Self { router: rest::router(service.clone()), service, stored, clock, queue, folder }
    }

    /// Creates the flow `company.team.<id>`.
    pub(crate) async fn flow(&self, id: &str, body: &str) {
        let source = format!("id: {id}\nnamespace: company.team\n{body}");
        self.service.create_flow("main", &source).await.unwrap();
    }

    /// Another revision of such a flow.
    pub(crate) async fn flow_again(&self, id: &str, body: &str) {
        let source = format!("id: {id}\nnamespace: company.team\n{body}");
        self.service.update_flow("main", "company.team", id, &source).await.unwrap();
    }

    /// Moves the clock to a moment, in milliseconds since 1970.
    pub(crate) fn at(&self, millis: i64) {
        self.clock.0.store(millis, Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.0.fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// Works on everything that was dispatched so far.
    pub(crate) async fn work(&mut self) {
        while let Ok(dispatch) = self.queue.try_recv() {
            self.service.work(&dispatch.tenant, dispatch.execution).await.unwrap();
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        self.sending(request).await
    }

    /// A request that does not borrow the app.
    pub(crate) fn sending(&self, request: Request<Body>) -> impl Future<Output = Answer> + Send + use<> {
        let router = self.router.clone();
        async move { Open(router.oneshot(request).await.unwrap()).read().await }
    }

    /// A request whose answer has begun.
    pub(crate) async fn open(&self, request: Request<Body>) -> Open {
        Open(self.router.clone().oneshot(request).await.unwrap())
    }

    /// Every file that is stored.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder.path().join("blobs")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path.display().to_string()) }
            }
        }
        files
    }

    /// A request without a body.
    pub(crate) async fn call(&self, method: Method, uri: &str) -> Answer {
        self.send(Request::builder().method(method).uri(uri).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.call(Method::GET, uri).await
    }

    pub(crate) async fn post(&self, uri: &str) -> Answer {
        self.call(Method::POST, uri).await
    }

    pub(crate) async fn post_body(&self, uri: &str, content_type: &str, body: impl Into<Body>) -> Answer {
        self.send(typed(Method::POST, uri, content_type, body)).await
    }
}

pub(crate) fn typed(method: Method, uri: &str, content_type: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, content_type);
    request.body(body.into()).unwrap()
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn id(&self) -> String {
        self.json()["id"].as_str().unwrap().to_owned()
    }

    /// Status and message of an error.
    pub(crate) fn error(&self) -> String {
        assert!(!self.status.is_success(), "{}", self.shown());
        assert_eq!(self.header("content-type"), "application/json");
        format!("{} {}", self.status.as_u16(), self.json()["message"].as_str().unwrap())
    }

    /// Everything a person would read.
    pub(crate) fn shown(&self) -> String {
        let mut text = self.status.to_string();
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .filter(|(name, _)| !ALWAYS.contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        headers.sort();
        for header in headers {
            write!(text, "\n{header}").unwrap();
        }
        if self.header("content-type") == "application/json" {
            write!(text, "\n\n{}", serde_json::to_string_pretty(&self.json()).unwrap()).unwrap();
        } else if !self.body.is_empty() {
            write!(text, "\n\n{}", self.text()).unwrap();
        }
        text
    }
}
