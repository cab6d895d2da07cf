//! As much of HTTP/1.1 as a load generator needs: a request made once, answers cut out of a stream.
//!
//! It exists because the generator shares two cores with what it measures: a full client would be measured too.
//!
//! # Invariants
//! * Every answer is read to its last byte before the next request is sent, and none may be of unknown length.
//! * An answer is at most [`ANSWER_BYTES_MAX`] long.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::error::{Error, cannot};

/// Bytes of an answer, head included. Executions of the measured flows have a tenth of that.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// Bytes that one read asks for; most answers come whole.
const READ_BYTES: usize = 16 * 1024;

/// A request that keeps the connection.
pub(crate) fn request(method: &str, path: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One connection, one request at a time.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, borrowed from its connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl Connection {
    pub(crate) async fn open(address: std::net::SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await.map_err(cannot(format!("connect to {address}")))?;
        stream.set_nodelay(true).map_err(cannot("switch off Nagle's algorithm"))?;
        Ok(Self { stream, buffer: Vec::with_capacity(READ_BYTES) })
    }

    pub(crate) async fn call(&mut self, request: &[u8]) -> Result<Answer<'_>, Error> {
        self.stream.write_all(request).await.map_err(cannot("send a request"))?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(head) = Head::parse(&self.buffer)? {
                break head;
            }
        };
        let end = head.length + head.content_length;
        if end > ANSWER_BYTES_MAX {
            return Err(Error::NotHttp("it is longer than any answer expected"));
        }
        while self.buffer.len() < end {
            self.read().await?;
        }
        if self.buffer.len() > end {
            return Err(Error::NotHttp("more came than was announced"));
        }
        Ok(Answer { status: head.status, body: &self.buffer[head.length..end] })
    }

    async fn read(&mut self) -> Result<(), Error> {
        if self.buffer.len() > ANSWER_BYTES_MAX {
            return Err(Error::NotHttp("its head does not end"));
        }
        self.buffer.reserve(READ_BYTES);
        match self.stream.read_buf(&mut self.buffer).await.map_err(cannot("read an answer"))? {
            0 => Err(Error::NotHttp("the connection ended before it")),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Up to the first byte of the body.
    length: usize,
    content_length: usize,
}

impl Head {
    /// `None` while it is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, Error> {
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = std::str::from_utf8(&bytes[..end]).map_err(|_| Error::NotHttp("its head is not text"))?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let content_length = lines.find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        Ok(Some(Self {
            status: status.ok_or(Error::NotHttp("it has no status"))?,
            length: end + 4,
            content_length: content_length.ok_or(Error::NotHttp("it does not say how long it is"))?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nconTENT-length:  2\r\n\r\nok";
        for cut in 0..answer.len() - 2 {
            assert_eq!(Head::parse(&answer[..cut]).unwrap(), None);
        }
        let head = Head { status: 200, length: answer.len() - 2, content_length: 2 };
        assert_eq!(Head::parse(answer).unwrap(), Some(head));
    }

    #[test]
    fn an_answer_of_unknown_length_is_refused() {
        let answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(matches!(Head::parse(answer), Err(Error::NotHttp("it does not say how long it is"))));
        assert!(matches!(Head::parse(b"SSH-2.0\r\n\r\n"), Err(Error::NotHttp("it has no status"))));
    }
}
