//! What is asked.

use std::fmt::{self, Write};

use serde_json::Value as Json;

use crate::multipart::Form;

/// One request. Its target is used as it is: [`encoded`] makes a value fit for it.
#[derive(Debug, Clone)]
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Request {
    pub fn new(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: None }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub fn post(target: &str) -> Self {
        Self::new("POST", target)
    }

    pub fn put(target: &str) -> Self {
        Self::new("PUT", target)
    }

    pub fn delete(target: &str) -> Self {
        Self::new("DELETE", target)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        write!(self.target, "{separator}{name}={}", encoded(value)).expect("a String takes everything");
        self
    }

    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("Content-Type", content_type)
    }

    #[must_use]
    pub fn yaml(self, source: &str) -> Self {
        self.body("application/x-yaml", source)
    }

    #[must_use]
    pub fn json(self, value: &Json) -> Self {
        self.body("application/json", value.to_string())
    }

    #[must_use]
    pub fn form(self, form: Form) -> Self {
        self.body(&Form::content_type(), form.into_body())
    }

    /// As it goes over the wire.
    pub(super) fn bytes(&self, authority: &str, prefix: &str) -> Vec<u8> {
        let mut head = format!("{} {prefix}{} HTTP/1.1\r\n", self.method, self.target);
        let mut line =
            |name: &str, value: &str| write!(head, "{name}: {value}\r\n").expect("a String takes everything");
        if !self.headers.iter().any(|(name, _)| name == "Host") {
            line("Host", authority);
        }
        line("Connection", "close");
        for (name, value) in &self.headers {
            line(name, value);
        }
        match &self.body {
            Some(body) => line("Content-Length", &body.len().to_string()),
            None if self.method == "GET" => {}
            None => line("Content-Length", "0"),
        }
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.target)
    }
}

/// A value with everything escaped that is not a letter, a digit or one of `-._~`.
pub fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a String takes everything");
        }
    }
    text
}
