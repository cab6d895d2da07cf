//! HTTP as a stranger speaks it: one request, one connection, nothing hidden.
//!
//! Written out over a socket, because half of the suite sends what no decent client library lets through. `https`
//! goes through `curl`, which hands the bytes of the answer on untouched.

mod body;
mod connection;
mod request;
mod response;

use std::{
    io::{self, Write},
    net::TcpStream,
};

pub use body::Body;
pub use request::{Request, encoded};
pub use response::{Head, Response};

use crate::sse::Events;
use connection::Then;

/// Whom requests go to.
#[derive(Debug, Clone)]
pub struct Client {
    secure: bool,
    /// `host:port`.
    authority: String,
    /// What every path starts with, such as the stage of an API gateway.
    prefix: String,
}

impl Client {
    /// `base` is `http://host:port`, perhaps with a path.
    pub fn new(base: &str) -> Self {
        let (scheme, rest) = base.split_once("://").unwrap_or_else(|| panic!("`{base}` is no URL"));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let secure = match scheme {
            "http" => false,
            "https" => true,
            other => panic!("`{other}` is not HTTP"),
        };
        let port = if authority.contains(':') || secure { "" } else { ":80" };
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Self { secure, authority: format!("{authority}{port}"), prefix }
    }

    pub fn base(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority, self.prefix)
    }

    /// The whole answer.
    #[track_caller]
    pub fn send(&self, request: &Request) -> Response {
        self.try_send(request).unwrap_or_else(|error| panic!("{request}: {error}"))
    }

    /// # Errors
    /// When the connection cannot be had or breaks before the answer is whole.
    pub fn try_send(&self, request: &Request) -> io::Result<Response> {
        let (head, body) = self.open(request)?;
        head.with(body)
    }

    #[track_caller]
    pub fn get(&self, target: &str) -> Response {
        self.send(&Request::get(target))
    }

    /// The events of a stream, which the server has answered with 200.
    #[track_caller]
    pub fn events(&self, target: &str) -> Events {
        let request = Request::get(target).header("Accept", "text/event-stream");
        let (head, body) = self.open(&request).unwrap_or_else(|error| panic!("{request}: {error}"));
        if head.status != 200 {
            let response = head.with(body).expect("the body can be read");
            panic!("{request}: {}: {}", response.status, response.text());
        }
        assert_eq!(head.header("content-type"), Some("text/event-stream"));
        Events::of(body)
    }

    /// The answer to these bytes, whatever they are.
    ///
    /// # Errors
    /// When there is no answer, as when the server closes the connection.
    pub fn raw(&self, bytes: &[u8]) -> io::Result<Response> {
        self.bytes(bytes, Then::Listen)
    }

    /// The answer to these bytes when the sender says that no more will follow.
    ///
    /// # Errors
    /// As [`Client::raw`].
    pub fn cut_off(&self, bytes: &[u8]) -> io::Result<Response> {
        self.bytes(bytes, Then::Finish)
    }

    /// Says these bytes and listens to nothing. Who drops the connection leaves.
    ///
    /// # Errors
    /// When the connection cannot be had.
    pub fn say(&self, bytes: &[u8]) -> io::Result<TcpStream> {
        assert!(!self.secure, "only a plain connection takes any bytes");
        let mut socket = TcpStream::connect(&self.authority)?;
        socket.write_all(bytes)?;
        Ok(socket)
    }

    fn bytes(&self, bytes: &[u8], then: Then) -> io::Result<Response> {
        assert!(!self.secure, "only a plain connection takes any bytes");
        let (head, body) = connection::plain(&self.authority, bytes, then)?;
        head.with(body)
    }

    fn open(&self, request: &Request) -> io::Result<(Head, Body)> {
        if self.secure {
            connection::curl(&self.base(), request)
        } else {
            let bytes = request.bytes(&self.authority, &self.prefix);
            connection::plain(&self.authority, &bytes, Then::Listen)
        }
    }
}
