use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::HeaderMap,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use tower::ServiceExt;

use super::{Error, envelope};

async fn around(request: Request, next: Next) -> Response {
    envelope(request, |request| next.run(request)).await
}

/// What a client gets of a handler that ends so: status, headers, message.
async fn answer(ending: fn() -> Error) -> (u16, HeaderMap, String) {
    let router =
        Router::new().route("/", get(move || async move { ending() })).layer(middleware::from_fn(around));
    let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    (parts.status.as_u16(), parts.headers, body["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let (status, _, message) = answer(|| panic!("secret")).await;
    assert_eq!((status, message.as_str()), (500, "Internal server error: the request broke off"));
}

#[tokio::test]
async fn who_comes_too_early_is_told_when_to_come_again() {
    let unavailable = || {
        let retry_after = Duration::from_millis(1_200);
        Error::Service(service::Error::Unavailable { message: "full".to_owned(), retry_after })
    };
    let (status, headers, message) = answer(unavailable).await;
    assert_eq!((status, message.as_str()), (503, "Service Unavailable: full"));
    assert_eq!(headers["retry-after"], "2");
}

#[tokio::test]
async fn every_error_of_the_service_has_its_status() {
    assert_eq!(answer(|| service::Error::NotFound(String::new()).into()).await.0, 404);
    assert_eq!(answer(|| service::Error::Unauthorized(String::new()).into()).await.0, 401);
    assert_eq!(answer(|| service::Error::argument("").into()).await.0, 422);
    assert_eq!(answer(|| service::Error::IllegalState(String::new()).into()).await.0, 409);
    assert_eq!(answer(|| service::Error::TooLarge(String::new()).into()).await.0, 413);
    assert_eq!(answer(|| service::Error::NotBuilt(String::new()).into()).await.0, 501);
    assert_eq!(answer(|| service::Error::Contention(String::new()).into()).await.0, 409);
    assert_eq!(answer(|| service::Error::Locked(String::new()).into()).await.0, 423);
    assert_eq!(answer(|| service::Error::Internal(String::new()).into()).await.0, 500);
}
