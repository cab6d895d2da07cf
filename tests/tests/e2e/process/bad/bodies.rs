//! Bodies of calls that cannot be read.

use serde_json::json;
use tests::{http::Request, multipart::Form};

use super::{NAMESPACE, Row, Sent, create, row};

/// A call with a form of this text under this content type.
fn form(content_type: &str, body: impl Into<Vec<u8>>) -> Request {
    create("").body(content_type, body)
}

const B: &str = "multipart/form-data; boundary=B";

pub(super) fn rows() -> Vec<Row> {
    let part = "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--B--\r\n";
    let parts = "--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\r\n".repeat(1_001);
    let long = "x".repeat((1 << 20) + 1);
    let texts = (0..9).fold(Form::new(), |form, n| form.text(&format!("t{n}"), &long[..1 << 20]));
    let head = format!("--B\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\nx\r\n--B--\r\n", long);
    let (before, after) = part.split_at(part.find("x\r\n--B--").unwrap());
    let binary = [before.as_bytes(), b"\xff\xfe", after.as_bytes()].concat();
    vec![
        row("form: no boundary", form("multipart/form-data", part)),
        row("form: an empty boundary", form("multipart/form-data; boundary=", part)),
        row("form: another boundary", form("multipart/form-data; boundary=C", part)),
        row("form: nothing of a form", form(B, "text=x")),
        row("form: no last boundary", form(B, part.replace("--B--\r\n", ""))),
        row("form: cut in a part", form(B, &part[..30])),
        row("form: a part without a head", form(B, "--B\r\nx\r\n--B--\r\n")),
        row("form: a head that never ends", form(B, head)),
        row("form: a text that is no UTF-8", form(B, binary)),
        row("form: too many parts", form(B, format!("{parts}--B--\r\n"))),
        row("form: a text that is too long", create("").form(Form::new().text("text", &long))),
        row("form: texts that are too long together", create("").form(texts)),
        row("form: a text for a number", create("").form(Form::new().text("number", "one"))),
        row("form: a path for a file", create("").form(Form::new().text("file", "/etc/passwd"))),
        row("form: a foreign address for a file", create("").form(Form::new().text("file", "kestra:///../../etc/passwd"))),
        row("form: a file for a number", create("").form(Form::new().file("number", "number", b"1"))),
        row("body: unknown type", create("").body("text/csv", "a,b")),
        row("body: urlencoded", create("").body("application/x-www-form-urlencoded", "text=x")),
        row("body: bytes without a type", {
            let mut request = create("").body("", "x");
            request = request.header("X-Nothing", "");
            request
        }),
        row("json: broken", create("").body("application/json", "{\"text\": ")),
        row("json: a list", create("").json(&json!(["text"]))),
        row("json: deep", create("").body("application/json", format!("{{\"text\": {}1{}}}", "[".repeat(50_000), "]".repeat(50_000)))),
        row("json: a NUL", create("").body("application/json", "{\"text\": \"a\u{0}b\"}")),
        row("json: a number beyond", create("").json(&json!({"number": 1e300}))),
        row("json: too large", create("").body("application/json", format!("{{\"text\": \"{}\"}}", "x".repeat(9 << 20)))),
        row("webhook: too large", Request::post(&format!("/api/v1/executions/webhook/{NAMESPACE}/takes/secret")).body("text/plain", vec![b'x'; (1 << 20) + 1])),
        Row {
            name: "form: cut off with the connection",
            sent: Sent::CutOff(
                format!("POST /api/v1/executions/{NAMESPACE}/takes HTTP/1.1\r\nHost: a\r\nContent-Type: {B}\r\nContent-Length: 1000\r\n\r\n{part}")
                    .replace("--B--\r\n", "--B\r\n")
                    .into_bytes(),
            ),
        },
    ]
}
