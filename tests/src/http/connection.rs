//! How bytes get there and back: a socket, or `curl` for what is encrypted.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use super::{Body, Head, Request};

/// Longer than anything here keeps silent; a hanging server fails a test instead of hanging it.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// What the sender does after the last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Listen,
    /// Says that nothing will follow, and listens.
    Finish,
}

pub(super) fn plain(authority: &str, bytes: &[u8], then: Then) -> io::Result<(Head, Body)> {
    let mut socket = TcpStream::connect(authority)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(SILENCE_MAX))?;
    socket.set_write_timeout(Some(SILENCE_MAX))?;
    // A server may refuse before it has read all, and then its answer is what counts.
    let written = socket.write_all(bytes).and_then(|()| match then {
        Then::Listen => Ok(()),
        Then::Finish => socket.shutdown(Shutdown::Write),
    });
    read_answer(Box::new(socket)).map_err(|error| written.err().unwrap_or(error))
}

pub(super) fn curl(base: &str, request: &Request) -> io::Result<(Head, Body)> {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--include", "--raw", "--no-buffer", "--http1.1", "--globoff"]);
    command.args(["--suppress-connect-headers", "--header", "Expect:", "--request", &request.method]);
    for (name, value) in &request.headers {
        command.arg("--header").arg(format!("{name}: {value}"));
    }
    if request.body.is_some() {
        command.args(["--data-binary", "@-"]);
    }
    command.arg(format!("{base}{}", request.target));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(request.body.as_deref().unwrap_or_default())?;
    drop(stdin);
    let stdout = child.stdout.take().expect("it is piped");
    read_answer(Box::new(Curl { child, stdout }))
}

/// What curl writes, for as long as somebody reads it.
#[derive(Debug)]
struct Curl {
    child: Child,
    stdout: ChildStdout,
}

impl Read for Curl {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdout.read(buffer)
    }
}

impl Drop for Curl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_answer(stream: Box<dyn Read + Send>) -> io::Result<(Head, Body)> {
    let mut stream = BufReader::new(stream);
    loop {
        let head = read_head(&mut stream)?;
        // 100 Continue and its like are not the answer yet.
        if head.status >= 200 {
            let body = Body::framed_by(&head, stream)?;
            return Ok((head, body));
        }
    }
}

fn read_head(stream: &mut impl BufRead) -> io::Result<Head> {
    let status_line = read_line(stream)?;
    let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| invalid(&format!("`{status_line}` is no status line")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(stream)?;
        if line.is_empty() {
            return Ok(Head { status, headers });
        }
        let (name, value) = line.split_once(':').ok_or_else(|| invalid(&format!("`{line}` is no header")))?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
}

pub(super) fn read_line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer breaks off")),
    }
}

pub(super) fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}
