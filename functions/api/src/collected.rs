//! An answer in one piece, as an HTTP API wants it.

use axum::{
    body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use lambda_http::Body;

/// Bytes of an answer. A function may give 6 MB, of which base64 takes a quarter.
const BYTES_MAX: usize = 4_500_000;

/// The whole answer; what is too large, or breaks off, becomes an error that says what to do instead.
pub(crate) async fn collected(response: Response) -> Response<Body> {
    let (parts, body) = response.into_parts();
    match body::to_bytes(body, BYTES_MAX).await {
        // Whether it travels as text or as base64 goes by its type.
        Ok(bytes) => Response::from_parts(parts, Body::Binary(bytes.into())),
        Err(error) => {
            tracing::error!(%error, status = %parts.status, "an answer cannot be collected");
            refused()
        }
    }
}

fn refused() -> Response<Body> {
    let message = format!(
        "Internal Server Error: the answer breaks off, or has more than {BYTES_MAX} bytes; ask for a part of it with \
         `Range`, or for fewer results"
    );
    let json = format!(r#"{{"message":"{message}"}}"#);
    let mut response = Response::new(Body::Text(json));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
