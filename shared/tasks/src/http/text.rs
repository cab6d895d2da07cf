//! The body of a response as a text.

use encoding_rs::{Encoding, UTF_8};
use hyper::{HeaderMap, header::CONTENT_TYPE};

/// Decodes what a server sent, in the charset that it names, else as UTF-8.
///
/// # Errors
/// It is not a text in this charset.
pub(super) fn decode(bytes: Vec<u8>, headers: &HeaderMap) -> Result<String, String> {
    let charset = charset(headers);
    if charset == UTF_8 {
        return String::from_utf8(bytes).map_err(|error| {
            not_a_text(&format!("it is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
        });
    }
    let (text, _, lossy) = charset.decode(&bytes);
    if lossy { Err(not_a_text(&format!("it is not {}", charset.name()))) } else { Ok(text.into_owned()) }
}

/// Kestra's words, but for the reason.
fn not_a_text(why: &str) -> String {
    format!(
        "Illegal unicode code point in request body: {why}, the Request task only support valid Unicode strings as \
         body.\nYou can try using the Download task instead."
    )
}

fn charset(headers: &HeaderMap) -> &'static Encoding {
    let named = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).and_then(|content_type| {
        content_type.split(';').skip(1).find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let is_charset = name.trim().eq_ignore_ascii_case("charset");
            is_charset.then(|| value.trim().trim_matches('"'))
        })
    });
    named.and_then(|label| Encoding::for_label(label.as_bytes())).unwrap_or(UTF_8)
}
