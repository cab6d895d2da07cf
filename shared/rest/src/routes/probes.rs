//! Whether the server answers at all.

use axum::response::Response;

use crate::wire;

pub(crate) async fn health() -> Response {
    wire::json_bytes(br#"{"status":"UP"}"#.to_vec())
}

pub(crate) async fn ping() -> &'static str {
    "pong"
}
