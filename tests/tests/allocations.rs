//! What one synchronous call allocates from the request to the answer, counted, so that the cost of a call cannot creep
//! back: time and instructions follow it. The thread of the store is not counted.

use std::sync::Arc;

use allocation_counter::measure;
use axum::{Router, body::Body, http::Request};
use embedded::{Home, RandomIds, queue, store::Durability};
use engine::time::Timestamp;
use ports::clock::Clock;
use service::{Outside, Service, Settings};
use tower::ServiceExt;

/// The flow of the bench: one task, one output.
const FLOW: &str = "
id: pure
namespace: bench
tasks:
  - id: one
    type: io.kestra.plugin.core.debug.Return
    format: 'hello {{ flow.id }}'
outputs:
  - id: said
    type: STRING
    value: '{{ outputs.one.value }}'
";
/// Calls that are counted.
const CALLS: u64 = 100;
/// Allocations of one call. More needs a reason; less is to be written here.
const ALLOCATIONS: u64 = 127;
/// Bytes that they ask for.
const BYTES: u64 = 34_500;

#[derive(Debug)]
struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_720_761_222_140)
    }
}

fn router(home: &Home) -> Router {
    let (queue, _) = queue::Queue::new();
    let outside = Outside {
        store: home.store.clone(),
        blobs: home.blobs.clone(),
        queue: Arc::new(queue),
        replies: None,
        clock: Arc::new(StandingClock),
        ids: Arc::new(RandomIds::default()),
        runnables: Vec::new(),
    };
    rest::router(Service::new(outside, Settings { alone: true, ..Settings::default() }))
}

async fn ask(router: &Router, request: Request<Body>) -> String {
    let response = router.clone().oneshot(request).await.expect("the router answers");
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("it is in memory");
    String::from_utf8(body.to_vec()).expect("JSON is UTF-8")
}

#[test]
fn a_call_allocates_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open_with(folder.path(), Durability::ProcessEnd).unwrap();
    let router = router(&home);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let call = || {
        let request = Request::post("/api/v1/executions/bench/pure?wait=true").body(Body::empty()).unwrap();
        let answer = runtime.block_on(ask(&router, request));
        assert!(answer.contains("\"said\":\"hello pure\""), "{answer}");
    };
    let flow = Request::post("/api/v1/flows").header("content-type", "application/x-yaml");
    runtime.block_on(ask(&router, flow.body(Body::from(FLOW)).unwrap()));
    // What is remembered of the flow, and buffers that grow once.
    call();
    let counted = measure(|| (0..CALLS).for_each(|_| call()));
    let (allocations, bytes) = (counted.count_total / CALLS, counted.bytes_total / CALLS);
    assert!(
        allocations <= ALLOCATIONS && bytes <= BYTES,
        "a call makes {allocations} allocations of {bytes} bytes"
    );
}
