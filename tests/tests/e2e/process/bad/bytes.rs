//! Bytes that are no HTTP, or nearly.

use super::{NAMESPACE, Row, Sent};

fn bytes(name: &'static str, bytes: impl Into<Vec<u8>>) -> Row {
    Row { name, sent: Sent::Bytes(bytes.into()) }
}

/// A call with these headers and this body.
fn call(headers: &str, body: &str) -> String {
    format!(
        "POST /api/v1/executions/{NAMESPACE}/takes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n{body}"
    )
}

pub(super) fn rows() -> Vec<Row> {
    let chunked = "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n";
    vec![
        bytes("bytes: no HTTP", "hello\r\n\r\n"),
        bytes(
            "bytes: TLS",
            [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], &[0; 64], b"\r\n\r\n"].concat(),
        ),
        bytes("bytes: a NUL in the path", "GET /api/v1/\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        bytes("bytes: a NUL in a header", call("X-Nul: a\0b\r\n", "")),
        bytes("bytes: a header without a colon", call("nothing\r\n", "")),
        bytes("bytes: a length that is none", call("Content-Length: much\r\n", "")),
        bytes("bytes: two lengths", call("Content-Length: 1\r\nContent-Length: 2\r\n", "ab")),
        bytes("bytes: HTTP/9", "GET /health HTTP/9.9\r\nHost: a\r\n\r\n"),
        bytes("bytes: a chunk of no size", call(chunked, "zz\r\n{}\r\n0\r\n\r\n")),
        bytes("bytes: a chunk beyond numbers", call(chunked, "fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
        bytes(
            "bytes: no UTF-8 in a header",
            [call("", "").trim_end().as_bytes(), b"\r\nIdempotency-Key: \xff\xfe\r\n\r\n"].concat(),
        ),
        Row {
            name: "bytes: half a chunked body",
            sent: Sent::CutOff(call(chunked, "5\r\n{\"a\"").into_bytes()),
        },
        Row {
            name: "bytes: half a body",
            sent: Sent::CutOff(
                call("Content-Type: application/json\r\nContent-Length: 100\r\n", "{").into_bytes(),
            ),
        },
    ]
}
