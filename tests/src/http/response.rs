//! What is answered.

use std::io::{self, Read};

use serde_json::Value as Json;

use super::Body;

/// Status and headers.
#[derive(Debug, Clone)]
pub struct Head {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Head {
    /// The first header of that name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Reads the rest of the answer.
    ///
    /// # Errors
    /// When it breaks off.
    pub fn with(self, mut body: Body) -> io::Result<Response> {
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes)?;
        Ok(Response { status: self.status, headers: self.headers, body: bytes })
    }
}

impl Response {
    /// The first header of that name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Itself, when it has this status.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "often the status is all that counts")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Json {
        assert_eq!(self.header("content-type"), Some("application/json"), "{}", self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The `message` of an error.
    #[track_caller]
    pub fn message(&self) -> String {
        match &self.json()["message"] {
            Json::String(message) => message.clone(),
            other => panic!("a message is text, not {other}"),
        }
    }
}

fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
}
