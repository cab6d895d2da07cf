//! Forms as browsers and curl send them (RFC 7578).

use std::fmt::Write;

const BOUNDARY: &str = "------------------------9f2c41d0b8a7e653";

/// The parts of a form.
#[derive(Debug, Clone, Default)]
pub struct Form {
    body: Vec<u8>,
}

impl Form {
    pub fn new() -> Self {
        Self::default()
    }

    /// A text part.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.part(&format!("form-data; name=\"{name}\""), None, value.as_bytes())
    }

    /// A file part.
    #[must_use]
    pub fn file(self, name: &str, file_name: &str, content: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
        self.part(&disposition, Some("application/octet-stream"), content)
    }

    #[must_use]
    pub fn part(mut self, disposition: &str, content_type: Option<&str>, content: &[u8]) -> Self {
        let mut head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n");
        if let Some(content_type) = content_type {
            write!(head, "Content-Type: {content_type}\r\n").expect("a String takes everything");
        }
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    pub fn content_type() -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    pub fn into_body(mut self) -> Vec<u8> {
        self.body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.body
    }
}
