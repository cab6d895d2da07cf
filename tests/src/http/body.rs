//! Where an answer ends: after its length, after its last chunk, or with the connection.

use std::io::{self, BufReader, Read};

use super::{
    Head,
    connection::{invalid, read_line},
};

type Stream = BufReader<Box<dyn Read + Send>>;

/// The bytes of an answer, as they come.
pub struct Body {
    stream: Stream,
    framing: Framing,
}

enum Framing {
    /// So many bytes are left.
    Length(u64),
    /// So many bytes are left of this chunk; `None` before the first.
    Chunk(Option<u64>),
    Close,
    Over,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Body")
    }
}

impl Body {
    pub(super) fn framed_by(head: &Head, stream: Stream) -> io::Result<Self> {
        let framing = if head.header("transfer-encoding").is_some_and(|it| it.eq_ignore_ascii_case("chunked"))
        {
            Framing::Chunk(None)
        } else if let Some(length) = head.header("content-length") {
            Framing::Length(length.parse().map_err(|_| invalid("a length is a number"))?)
        } else if matches!(head.status, 204 | 304) {
            Framing::Over
        } else {
            Framing::Close
        };
        Ok(Self { stream, framing })
    }

    /// Goes to the next chunk.
    fn next_chunk(&mut self, first: bool) -> io::Result<Framing> {
        if !first && !read_line(&mut self.stream)?.is_empty() {
            return Err(invalid("a chunk is longer than it says"));
        }
        let line = read_line(&mut self.stream)?;
        let size = line.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(|_| invalid(&format!("`{line}` is no size")))?;
        if size > 0 {
            return Ok(Framing::Chunk(Some(size)));
        }
        while !read_line(&mut self.stream)?.is_empty() {}
        Ok(Framing::Over)
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = match self.framing {
                Framing::Over | Framing::Length(0) => return Ok(0),
                Framing::Close => return self.stream.read(buffer),
                Framing::Chunk(None) => {
                    self.framing = self.next_chunk(true)?;
                    continue;
                }
                Framing::Chunk(Some(0)) => {
                    self.framing = self.next_chunk(false)?;
                    continue;
                }
                Framing::Length(ref mut left) | Framing::Chunk(Some(ref mut left)) => left,
            };
            let most = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
            let read = self.stream.read(&mut buffer[..most])?;
            if read == 0 && most > 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the answer breaks off"));
            }
            *left -= read as u64;
            return Ok(read);
        }
    }
}
