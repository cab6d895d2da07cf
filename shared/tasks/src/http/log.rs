//! What of a request and its response is logged: `options.logs`, formerly `options.logLevel`.

use std::{fmt::Write, sync::Arc};

use engine::execution::{Level, LogLine};
use hyper::HeaderMap;
use ports::clock::Clock;
use tokio::sync::mpsc;

use super::redirect::is_secret;
use crate::properties::Properties;

/// Bytes of a body that are logged.
const BODY_BYTES_MAX: usize = 8 * 1024;

/// What is logged.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "Kestra's four words")]
pub(super) struct Logged {
    pub(super) request_headers: bool,
    pub(super) request_body: bool,
    pub(super) response_headers: bool,
    pub(super) response_body: bool,
}

#[derive(Clone, Copy)]
enum Word {
    RequestHeaders,
    RequestBody,
    ResponseHeaders,
    ResponseBody,
}

impl Logged {
    pub(super) fn read(options: &mut Properties<'_>) -> Self {
        let words = options.words("logs", |word| match word {
            "REQUEST_HEADERS" => Some(Word::RequestHeaders),
            "REQUEST_BODY" => Some(Word::RequestBody),
            "RESPONSE_HEADERS" => Some(Word::ResponseHeaders),
            "RESPONSE_BODY" => Some(Word::ResponseBody),
            _ => None,
        });
        let (headers, bodies, answers) = match options.text("logLevel").as_deref() {
            Some("TRACE" | "ALL") => (true, true, true),
            Some("DEBUG") => (true, false, true),
            Some("INFO") => (false, false, true),
            Some(_) | None => (false, false, false),
        };
        let mut logged = Self {
            request_headers: headers,
            request_body: bodies,
            response_headers: answers,
            response_body: bodies,
        };
        for word in words {
            match word {
                Word::RequestHeaders => logged.request_headers = true,
                Word::RequestBody => logged.request_body = true,
                Word::ResponseHeaders => logged.response_headers = true,
                Word::ResponseBody => logged.response_body = true,
            }
        }
        logged
    }
}

/// Where an attempt says what it does.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    lines: mpsc::Sender<LogLine>,
    clock: Arc<dyn Clock>,
}

impl Log {
    pub(crate) fn new(lines: mpsc::Sender<LogLine>, clock: Arc<dyn Clock>) -> Self {
        Self { lines, clock }
    }

    pub(crate) async fn say(&self, level: Level, message: String) {
        // Nobody reads the lines of an attempt that is given up.
        let _ = self.lines.send(LogLine { timestamp: self.clock.now(), level, message }).await;
    }

    /// The headers, without what says who asks.
    pub(super) async fn headers(&self, what: &str, headers: &HeaderMap) {
        let mut message = what.to_owned();
        for (name, value) in headers {
            let value =
                if is_secret(name) { "******".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            let _ = write!(message, "\n{name}: {value}");
        }
        self.say(Level::Debug, message).await;
    }

    /// The start of a body, after what it is.
    pub(crate) async fn body(&self, what: &str, body: &str) {
        let shown = body.floor_char_boundary(BODY_BYTES_MAX);
        let rest = if shown < body.len() { "…" } else { "" };
        self.say(Level::Debug, format!("{what}\n{}{rest}", &body[..shown])).await;
    }
}
