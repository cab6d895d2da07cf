//! Cuts the bytes of a pipe into lines, in bounded memory.
//!
//! A line ends with `\n`, `\r\n` or `\r` (Kestra: Java's `readLine`), so that a progress bar is many lines and not
//! one endless one. What is not UTF-8 is replaced, never refused.

/// Characters of a log message; a longer line is cut into pieces (Kestra: the same number).
pub(crate) const LINE_CHARACTERS_MAX: usize = 10_240;

/// Bytes of a protocol line, which is never cut. A longer one is told as such, and then is text like any other.
pub(crate) const PROTOCOL_LINE_BYTES_MAX: usize = 512 * 1024;

/// So many bytes hold a whole piece in any language.
const PIECE_BYTES: usize = LINE_CHARACTERS_MAX * 4;

/// What came of the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A line, or a piece of one.
    Text(String),
    /// A whole line that looks like `::{…}::`.
    Protocol(String),
    /// The line that follows in pieces began like `::{…}::` and is too long to be one.
    Overlong,
}

/// The end of what was read and is not yet a line.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pending: Vec<u8>,
    /// Bytes of `pending` already given away.
    start: usize,
    /// Bytes of `pending` in which no line ends.
    searched: usize,
    /// Whether `pending` goes on with a line of which pieces were given away.
    continued: bool,
    /// Whether a `\n` that comes next belongs to the `\r` before it.
    after_return: bool,
}

impl Lines {
    /// Takes bytes as they were read. Call [`Self::next`] until there is nothing, or memory grows.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        if self.after_return && !bytes.is_empty() {
            self.after_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        self.pending.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        self.pending.extend_from_slice(bytes);
    }

    /// The next line or piece that is complete.
    pub(crate) fn next(&mut self) -> Option<Line> {
        loop {
            let Some(end) = self.search() else {
                return self.overlong().then(|| self.line(self.pending.len()));
            };
            // The pieces given away ended right where the line does.
            let over = self.continued && self.start == end;
            let line = (!over).then(|| self.line(end));
            if self.start == end {
                self.end_line(end);
            }
            if line.is_some() {
                return line;
            }
        }
    }

    /// Where the pending line ends.
    fn search(&mut self) -> Option<usize> {
        let end = self.pending[self.searched..]
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .map(|at| self.searched + at);
        self.searched = end.unwrap_or(self.pending.len());
        end
    }

    /// Whether what is pending cannot wait for its end.
    fn overlong(&self) -> bool {
        let length = self.pending.len() - self.start;
        if self.may_be_protocol() { length > PROTOCOL_LINE_BYTES_MAX } else { length >= PIECE_BYTES }
    }

    /// Goes on behind the end of a line.
    fn end_line(&mut self, end: usize) {
        self.continued = false;
        self.start = end + 1;
        if self.pending[end] == b'\r' {
            match self.pending.get(self.start) {
                Some(b'\n') => self.start += 1,
                Some(_) => {}
                None => self.after_return = true,
            }
        }
        self.searched = self.start;
    }

    /// The last line, when it was not ended. Call until there is nothing.
    pub(crate) fn last(&mut self) -> Option<Line> {
        let end = self.pending.len();
        (self.start < end).then(|| {
            let line = self.line(end);
            self.searched = self.start;
            line
        })
    }

    /// The line up to `end`, or its next piece. When it is over, `start` is `end`.
    fn line(&mut self, end: usize) -> Line {
        let bytes = &self.pending[self.start..end];
        if self.may_be_protocol() && bytes.len() > PROTOCOL_LINE_BYTES_MAX {
            self.continued = true;
            return Line::Overlong;
        }
        if self.may_be_protocol() && bytes.ends_with(b"}::") {
            let line = Line::Protocol(String::from_utf8_lossy(bytes).into_owned());
            self.start = end;
            return line;
        }
        self.piece(end)
    }

    /// The next piece of the line, up to `end` at most.
    fn piece(&mut self, end: usize) -> Line {
        let (text, length) = cut(&self.pending[self.start..end]);
        self.start += length;
        self.continued = true;
        Line::Text(text)
    }

    fn may_be_protocol(&self) -> bool {
        !self.continued && self.pending[self.start..].starts_with(b"::{")
    }
}

/// The first [`LINE_CHARACTERS_MAX`] characters, and how many bytes they were.
fn cut(bytes: &[u8]) -> (String, usize) {
    let mut text = String::with_capacity(bytes.len().min(PIECE_BYTES));
    let mut room = LINE_CHARACTERS_MAX;
    let mut length = 0;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars().take(room) {
            text.push(character);
            length += character.len_utf8();
            room -= 1;
        }
        if room == 0 {
            break;
        }
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
            length += chunk.invalid().len();
            room -= 1;
        }
    }
    (text, length)
}

/// A text in pieces of at most [`LINE_CHARACTERS_MAX`] characters; one empty piece for an empty text.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = String> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let (piece, length) = cut(rest?.as_bytes());
        rest = rest.map(|it| &it[length..]).filter(|it| !it.is_empty());
        Some(piece)
    })
}

#[cfg(test)]
mod tests;
