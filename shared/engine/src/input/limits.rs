//! How much one value may be, and how much of it a message repeats.

use std::{
    fmt::{self, Write as _},
    io,
};

use serde_json::Value as Json;

/// Bytes of one value: of its text, or of its JSON text when it is structured. Kestra: 1 MiB for a whole message.
pub const VALUE_BYTES_MAX: usize = 1 << 20;
/// Lists and maps within each other in one value. A reader of JSON stops at 128, and an execution adds levels of its own.
pub const DEPTH_MAX: usize = 64;
/// Segments of a dotted id, each of which becomes a map around the value.
pub const ID_SEGMENTS_MAX: usize = 20;
/// Characters of a value or a list of values that a message repeats.
const SHOWN_CHARACTERS_MAX: usize = 1_000;

/// Refuses a text that is too long.
pub(super) fn check_text(text: &str) -> Result<(), String> {
    if text.len() > VALUE_BYTES_MAX {
        return Err(format!("it has {} bytes and may have at most {VALUE_BYTES_MAX}", text.len()));
    }
    Ok(())
}

/// Refuses a structured value that is too deep or too large.
pub(super) fn check(json: &Json) -> Result<(), String> {
    if is_deeper(json, DEPTH_MAX) {
        return Err(format!("it has more than {DEPTH_MAX} lists and maps within each other"));
    }
    serde_json::to_writer(Left(VALUE_BYTES_MAX), json)
        .map_err(|_| format!("it may have at most {VALUE_BYTES_MAX} bytes of JSON"))
}

/// Whether there are more levels than that. Looks no deeper, so that no value exhausts the stack.
fn is_deeper(json: &Json, levels: usize) -> bool {
    let mut children: Box<dyn Iterator<Item = &Json>> = match json {
        Json::Array(items) => Box::new(items.iter()),
        Json::Object(map) => Box::new(map.values()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => return false,
    };
    levels == 0 || children.any(|child| is_deeper(child, levels - 1))
}

/// The start of a text, as a message shows it; the whole when it is not long.
pub(super) fn shown(value: impl fmt::Display) -> String {
    let mut start = Start { text: String::new(), left: SHOWN_CHARACTERS_MAX };
    if write!(start, "{value}").is_err() {
        start.text.push('…');
    }
    start.text
}

/// The same of a value, for one that was refused for its depth as well.
pub(super) fn shown_json(json: &Json) -> String {
    if is_deeper(json, DEPTH_MAX) {
        return "…".to_owned();
    }
    shown(json)
}

/// Takes so many bytes and keeps none.
struct Left(usize);

impl io::Write for Left {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(left) => {
                self.0 = left;
                Ok(bytes.len())
            }
            None => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps so many characters and fails at the next.
struct Start {
    text: String,
    left: usize,
}

impl fmt::Write for Start {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        match more.char_indices().nth(self.left) {
            None => {
                self.left -= more.chars().count();
                self.text.push_str(more);
                Ok(())
            }
            Some((end, _)) => {
                self.text.push_str(&more[..end]);
                Err(fmt::Error)
            }
        }
    }
}
