//! Events as Lambda hands them over, and what comes back. The samples have the form API Gateway sends (payload 2.0).

use axum::{
    body::Bytes,
    extract::Extension,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse as _,
        sse::{Event, Sse},
    },
    routing::{get, post},
};
use futures_util::stream;
use lambda_http::{Context, LambdaEvent, Service as _, request::LambdaRequest};
use serde_json::{Value as Json, json};

use super::*;

/// Answers with what it was sent, or with what a test looks at.
fn routes() -> Router {
    let more_than_may_go = vec![0_u8; 5_000_000];
    Router::new()
        .route("/api/v1/path", get(|uri: Uri| async move { uri.to_string() }))
        .route(
            "/echo",
            post(|headers: HeaderMap, body: Bytes| async move {
                ([(header::CONTENT_TYPE, headers[header::CONTENT_TYPE].clone())], body)
            }),
        )
        .route(
            "/wait",
            get(|Extension(rest::WaitMax(left)): Extension<rest::WaitMax>| async move {
                left.as_millis().to_string()
            }),
        )
        .route(
            "/follow",
            get(|| async { Sse::new(stream::pending::<Result<Event, Infallible>>()).into_response() }),
        )
        .route("/large", get(|| async move { more_than_may_go }))
}

fn event(method: &str, stage: &str, path: &str) -> Json {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "a=1&a=2%20",
        "headers": {
            "host": "x1.execute-api.eu-central-1.amazonaws.com", "content-type": "application/octet-stream",
            "x-forwarded-proto": "https"
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "x1", "domainName": "x1.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "x1", "requestId": "r", "routeKey": "$default", "stage": stage,
            "time": "21/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_255_200_000_i64,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"
            }
        },
        "isBase64Encoded": false
    })
}

/// What the function gives back, as it goes to the platform.
async fn given_back(event: Json, context: Context) -> Json {
    let gate = Gate::new(routes(), None, COLLECTED_WAIT_MAX);
    let handler = lambda_http::service_fn(move |request| gate.clone().answer_collected(request));
    let payload: LambdaRequest = serde_json::from_value(event).expect("the form of API Gateway");
    let answer = lambda_http::Adapter::from(handler).call(LambdaEvent::new(payload, context)).await;
    serde_json::to_value(answer.expect("it never fails")).expect("it is JSON")
}

async fn shown_path(stage: &str, path: &str) -> Json {
    given_back(event("GET", stage, path), Context::default()).await["body"].take()
}

#[tokio::test]
async fn the_stage_is_no_part_of_the_path() {
    let base = "https://x1.execute-api.eu-central-1.amazonaws.com/api/v1/path?a=1&a=2%20";
    assert_eq!(shown_path("$default", "/api/v1/path").await, base);
    assert_eq!(shown_path("dev", "/dev/api/v1/path").await, base);
    let request = |stage, path| -> Request {
        serde_json::from_value::<LambdaRequest>(event("GET", stage, path)).expect("the form").into()
    };
    let path = |uri: Option<Uri>| uri.map(|uri| uri.path().to_owned());
    assert_eq!(path(without_stage(&request("dev", "/dev/"))), Some("/".to_owned()));
    assert_eq!(path(without_stage(&request("$default", "/dev/api"))), None);
}

#[tokio::test]
async fn bytes_pass_both_ways() {
    // Every byte there is: neither UTF-8 nor anything else.
    let mut event = event("POST", "$default", "/echo");
    event["body"] = "AAECAwT//v38+w==".into();
    event["isBase64Encoded"] = true.into();
    let answer = given_back(event, Context::default()).await;
    assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&"AAECAwT//v38+w==".into(), &true.into()));
}

#[tokio::test]
async fn text_stays_text() {
    let mut event = event("POST", "$default", "/echo");
    event["headers"]["content-type"] = "application/json".into();
    event["body"] = r#"{"a":"ä"}"#.into();
    let answer = given_back(event, Context::default()).await;
    assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&r#"{"a":"ä"}"#.into(), &false.into()));
}

/// As a function has it that may go on for so long.
fn ending_in(time: Duration) -> Context {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("it is after 1970");
    let mut context = Context::default();
    context.deadline = u64::try_from((now + time).as_millis()).expect("a time of this age");
    context
}

#[tokio::test]
async fn nobody_waits_beyond_the_function() {
    let left = |context| async {
        let body = given_back(event("GET", "$default", "/wait"), context).await["body"].take();
        Duration::from_millis(body.as_str().and_then(|it| it.parse().ok()).expect("milliseconds"))
    };
    let short = left(ending_in(Duration::from_secs(10))).await;
    assert!(short + MARGIN <= Duration::from_secs(10) && short > Duration::from_secs(5), "{short:?}");
    let long = left(ending_in(Duration::from_mins(15))).await;
    assert!(long <= COLLECTED_WAIT_MAX && long + Duration::from_secs(5) > COLLECTED_WAIT_MAX, "{long:?}");
}

#[tokio::test]
async fn events_end_before_the_function_does() {
    // A stream that never ends by itself.
    let context = ending_in(MARGIN + Duration::from_millis(50));
    let answer = given_back(event("GET", "$default", "/follow"), context).await;
    assert_eq!(answer["statusCode"], StatusCode::OK.as_u16());
}

#[tokio::test]
async fn what_is_too_large_says_what_to_do() {
    let answer = given_back(event("GET", "$default", "/large"), Context::default()).await;
    assert_eq!(answer["statusCode"], 500);
    let body = answer["body"].as_str().unwrap_or_default();
    assert!(body.contains("more than 4500000 bytes") && body.contains("`Range`"), "{body}");
}
