//! Requests and answers of HTTP/1.1 as they are on the wire, cut at their ends.

use std::{
    io::{self, Error, ErrorKind},
    pin::pin,
    task::{Context, Waker},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, ReadBuf},
    net::TcpStream,
};

/// Bytes of one message.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// Head and body, unchanged.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
    /// Where the body begins.
    body_at: usize,
}

impl Message {
    /// The next request of a connection; `None` at its end.
    pub(super) async fn read(from: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let Some(mut message) = Self::head(from).await? else { return Ok(None) };
        message.body(from).await?;
        Ok(Some(message))
    }

    /// The answer to a request.
    pub(super) async fn read_answer(from: &mut BufReader<TcpStream>, to: &Self) -> io::Result<Self> {
        let mut message = Self::head(from).await?.ok_or(ErrorKind::UnexpectedEof)?;
        let status = message.bytes.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let empty = to.bytes.starts_with(b"HEAD ") || status == b"204" || status == b"304";
        if !empty {
            message.body(from).await?;
        }
        Ok(message)
    }

    async fn head(from: &mut BufReader<TcpStream>) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            if from.read_until(b'\n', &mut bytes).await? == 0 {
                return if bytes.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
            }
            within_limit(bytes.len())?;
        }
        let body_at = bytes.len();
        Ok(Some(Self { bytes, body_at }))
    }

    async fn body(&mut self, from: &mut BufReader<TcpStream>) -> io::Result<()> {
        if self.header("transfer-encoding").is_some() {
            return self.chunks(from).await;
        }
        let length = self.header("content-length").map_or(Ok(0), |length| length.parse());
        self.take(from, length.map_err(|_| Error::from(ErrorKind::InvalidData))?).await
    }

    async fn chunks(&mut self, from: &mut BufReader<TcpStream>) -> io::Result<()> {
        loop {
            let begun = self.bytes.len();
            from.read_until(b'\n', &mut self.bytes).await?;
            let line = String::from_utf8_lossy(&self.bytes[begun..]);
            let digits = line.split(';').next().unwrap_or_default().trim();
            let length =
                usize::from_str_radix(digits, 16).map_err(|_| Error::from(ErrorKind::InvalidData))?;
            // The line end that follows each chunk; after the last one, no trailer is expected.
            self.take(from, length + 2).await?;
            if length == 0 {
                return Ok(());
            }
        }
    }

    async fn take(&mut self, from: &mut BufReader<TcpStream>, length: usize) -> io::Result<()> {
        let begun = self.bytes.len();
        within_limit(begun.saturating_add(length))?;
        self.bytes.resize(begun + length, 0);
        from.read_exact(&mut self.bytes[begun..]).await.map(|_| ())
    }

    /// The service and the call, as the JSON protocols name them.
    pub(super) fn target(&self) -> Option<String> {
        self.header("x-amz-target")
    }

    /// Whether whoever sent it closes the connection then.
    pub(super) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"))
    }

    fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.bytes[..self.body_at]);
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    }
}

/// Whether the other end has closed an idle connection.
pub(super) fn is_closed(stream: &mut BufReader<TcpStream>) -> bool {
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    let read = pin!(stream.get_mut()).poll_read(&mut Context::from_waker(Waker::noop()), &mut buffer);
    // What comes unasked is its end, trouble, or nothing we know.
    read.is_ready()
}

fn within_limit(bytes: usize) -> io::Result<()> {
    if bytes > MESSAGE_BYTES_MAX {
        return Err(Error::new(ErrorKind::InvalidData, "a message is over the limit"));
    }
    Ok(())
}
