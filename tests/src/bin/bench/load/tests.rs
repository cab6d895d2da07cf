use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::{Router, http::StatusCode};

use super::*;

const PACE: Pace = Pace { warm_up: Duration::from_millis(20), measured: Duration::from_millis(80) };

async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    address
}

fn target(address: SocketAddr) -> Arc<Target> {
    Arc::new(Target {
        name: "the stand-in".to_owned(),
        address,
        request: crate::http::request("POST", "/", "text/plain", "x"),
        counts: |body| body == b"good",
    })
}

#[tokio::test]
async fn every_answer_is_counted_once() {
    let asked = Arc::new(AtomicU64::new(0));
    let counter = asked.clone();
    let router = Router::new().fallback(async move || {
        counter.fetch_add(1, Relaxed);
        "good"
    });
    let sample = drive(&target(serve(router).await), 8, PACE).await.unwrap();
    assert_eq!(sample.answered, asked.load(Relaxed));
    assert!(sample.latencies.len() > 0 && sample.latencies.len() as u64 <= sample.answered);
}

#[tokio::test]
async fn an_answer_that_does_not_count_ends_it() {
    let unwell = Router::new().fallback(async || (StatusCode::SERVICE_UNAVAILABLE, "good"));
    let error = drive(&target(serve(unwell).await), 2, PACE).await.unwrap_err();
    assert_eq!(error.to_string(), "the stand-in was answered with 503, which cannot count: good");

    let wrong = Router::new().fallback(async || "bad");
    let error = drive(&target(serve(wrong).await), 2, PACE).await.unwrap_err();
    assert_eq!(error.to_string(), "the stand-in was answered with 200, which cannot count: bad");
}

#[tokio::test]
async fn an_answer_in_pieces_is_put_together() {
    let body = "y".repeat(100_000);
    let router = Router::new().fallback(async || "y".repeat(100_000));
    let mut connection = Connection::open(serve(router).await).await.unwrap();
    let request = crate::http::request("GET", "/", "text/plain", "");
    for _ in 0..2 {
        assert_eq!(connection.call(&request).await.unwrap().body, body.as_bytes());
    }
}
