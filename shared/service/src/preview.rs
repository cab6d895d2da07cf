//! What is in a file, for a person who looks at it: its first lines, its first rows, or the picture that it is.
//!
//! Never more than [`READ_BYTES_MAX`] are read, whatever the size of the file.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use encoding_rs::{Decoder, Encoding, UTF_8};
use expression::IonRows;
use futures_util::StreamExt as _;
use ports::blobs::{self, Reading};
use serde_json::Value as Json;

use crate::{Error, File};

/// Rows, or lines, of a preview unless somebody asks for more or fewer (Kestra: the same).
pub const ROWS: usize = 100;
/// Rows, or lines, of a preview; who asks for more gets so many (Kestra: the same).
pub const ROWS_MAX: usize = 5_000;
/// Bytes of text and of rows that are looked at (Kestra: a text is cut there).
const TEXT_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Bytes of a picture or PDF: a part of one shows nothing, so a larger one is not previewed.
const PICTURE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Bytes of a file that are read.
const READ_BYTES_MAX: u64 = PICTURE_BYTES_MAX;
const _: () = assert!(TEXT_BYTES_MAX <= READ_BYTES_MAX);

/// Endings of pictures (Kestra: the same).
const PICTURES: [&str; 7] = ["jpg", "jpeg", "png", "svg", "gif", "bmp", "webp"];

/// How a file is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreviewKind {
    Text,
    /// Rows of Ion.
    List,
    Image,
    Markdown,
    Pdf,
}

/// The beginning of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    pub kind: PreviewKind,
    /// A text; of a list its rows; of a picture or PDF its bytes in base64.
    pub content: Json,
    /// Whether there is more in the file.
    pub truncated: bool,
}

impl PreviewKind {
    fn of(extension: &str) -> Self {
        match extension.to_ascii_lowercase().as_str() {
            "ion" => Self::List,
            "md" => Self::Markdown,
            "pdf" => Self::Pdf,
            picture if PICTURES.contains(&picture) => Self::Image,
            _ => Self::Text,
        }
    }
}

impl File {
    /// Shows at most so many lines or rows of it. `charset` is the name of one; Markdown and rows are UTF-8 (Kestra: the
    /// same).
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`; `Invalid` for a charset that nobody knows, a picture that is too large, and rows that
    /// are none.
    pub async fn preview(&self, rows: usize, charset: &str) -> Result<Preview, Error> {
        let charset = charset_of(charset)?;
        let kind = PreviewKind::of(self.extension());
        let read_max = match kind {
            PreviewKind::Text | PreviewKind::Markdown | PreviewKind::List => TEXT_BYTES_MAX,
            PreviewKind::Image | PreviewKind::Pdf => PICTURE_BYTES_MAX,
        };
        let reading = self.open(Some(0..read_max)).await?;
        let cut = reading.facts.size > read_max;
        let (content, truncated) = match kind {
            PreviewKind::Text => text(reading, charset, rows, cut).await?,
            PreviewKind::Markdown => text(reading, Charset::Of(UTF_8), rows, cut).await?,
            PreviewKind::List => list(reading, rows, cut).await?,
            PreviewKind::Image | PreviewKind::Pdf => (picture(reading, cut).await?, false),
        };
        Ok(Preview { kind, content, truncated: truncated || cut })
    }
}

/// How bytes become text.
#[derive(Debug, Clone, Copy)]
enum Charset {
    Of(&'static Encoding),
    /// Each byte is the character of that number. To a browser the name means another one, to Java this one.
    Latin1,
}

/// # Errors
/// Kestra's words for a name that Java does not know.
fn charset_of(name: &str) -> Result<Charset, Error> {
    if ["ISO-8859-1", "ISO8859_1", "latin1"].iter().any(|it| it.eq_ignore_ascii_case(name)) {
        return Ok(Charset::Latin1);
    }
    let found = Encoding::for_label(name.as_bytes()).filter(|it| *it != encoding_rs::REPLACEMENT);
    found
        .map(Charset::Of)
        .ok_or_else(|| Error::argument(format!("Unable to preview using encoding '{name}'")))
}

/// The first lines, and whether there are more.
async fn text(
    mut reading: Reading,
    charset: Charset,
    lines_max: usize,
    cut: bool,
) -> Result<(Json, bool), Error> {
    let mut lines = Lines::new(lines_max);
    let mut decoder = match charset {
        Charset::Of(encoding) => Some(encoding.new_decoder()),
        Charset::Latin1 => None,
    };
    while !lines.more
        && let Some(piece) = reading.stream.next().await
    {
        let piece = piece.map_err(blobs::Error::Unavailable)?;
        match &mut decoder {
            None => lines.take(&encoding_rs::mem::decode_latin1(&piece)),
            Some(decoder) => lines.take(&decoded(decoder, &piece, false)),
        }
    }
    // Of what was cut, the last character may be half there.
    if let Some(decoder) = decoder.as_mut().filter(|_| !cut) {
        lines.take(&decoded(decoder, &[], true));
    }
    Ok((Json::String(lines.text), lines.more))
}

fn decoded(decoder: &mut Decoder, bytes: &[u8], last: bool) -> String {
    let capacity = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(capacity);
    let _ = decoder.decode_to_string(bytes, &mut text, last);
    text
}

/// A text up to some line. Lines end in a line feed, a carriage return or both, and are told with a line feed between
/// them (Kestra: the same).
struct Lines {
    text: String,
    left: usize,
    at: At,
    /// Whether something came that nobody wants.
    more: bool,
}

/// Where the next character comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    InLine,
    BehindLine,
    /// A line feed still belongs to the end of the line.
    BehindReturn,
}

impl Lines {
    fn new(most: usize) -> Self {
        Self { text: String::new(), left: most, at: At::Start, more: false }
    }

    fn take(&mut self, text: &str) {
        for sign in text.chars() {
            match self.at {
                At::BehindReturn if sign == '\n' => {
                    self.at = At::BehindLine;
                    continue;
                }
                At::Start | At::InLine => {}
                At::BehindLine | At::BehindReturn => self.text.push('\n'),
            }
            if self.at != At::InLine {
                if self.left == 0 {
                    self.more = true;
                    return;
                }
                self.left -= 1;
            }
            self.at = match sign {
                '\n' => At::BehindLine,
                '\r' => At::BehindReturn,
                other => {
                    self.text.push(other);
                    At::InLine
                }
            };
        }
    }
}

/// The first rows, and whether there are more.
async fn list(reading: Reading, rows_max: usize, cut: bool) -> Result<(Json, bool), Error> {
    let mut bytes = whole(reading).await?;
    if cut {
        // Rows stand on lines of their own; half a number would be another one.
        let end = bytes.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        bytes.truncate(end);
    }
    let IonRows { rows, more, problem } = expression::ion_rows(&String::from_utf8_lossy(&bytes), rows_max);
    match problem {
        // It may be a row of many lines that was cut.
        Some(problem) if !cut => {
            Err(Error::argument(format!("Unable to preview the rows of the file: {problem}")))
        }
        Some(_) | None => Ok((Json::Array(rows), more)),
    }
}

async fn picture(reading: Reading, cut: bool) -> Result<Json, Error> {
    if cut {
        let size = reading.facts.size;
        return Err(Error::argument(format!(
            "Unable to preview a picture or PDF of {size} bytes: {PICTURE_BYTES_MAX} are the most; download it instead"
        )));
    }
    Ok(Json::String(BASE64_STANDARD.encode(whole(reading).await?)))
}

async fn whole(mut reading: Reading) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = reading.stream.next().await {
        bytes.extend_from_slice(&piece.map_err(blobs::Error::Unavailable)?);
    }
    Ok(bytes)
}
