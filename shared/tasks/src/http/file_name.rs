//! What a downloaded file is called.

use hyper::header::HeaderValue;
use url::Url;

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 200;

/// As the server calls it, else as the URI does.
pub(super) fn of(disposition: Option<&HeaderValue>, url: &Url) -> String {
    let said = disposition.and_then(|it| std::str::from_utf8(it.as_bytes()).ok()).and_then(said);
    let last = || url.path_segments()?.next_back().and_then(|it| safe(&unescaped(it)));
    said.or_else(last).unwrap_or_else(|| "download".to_owned())
}

/// `filename*` before `filename`: RFC 6266.
fn said(disposition: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        parameters(disposition).into_iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|it| it.1)
    };
    let extended = parameter("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_language, name) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| unescaped(name)).and_then(|it| safe(&it))
    });
    extended.or_else(|| safe(&parameter("filename")?))
}

/// Names and values; a value in quotes may have any sign.
fn parameters(disposition: &str) -> Vec<(String, String)> {
    let mut parameters = Vec::new();
    let mut rest = disposition.split_once(';').map_or("", |it| it.1);
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let mut value = String::new();
        let end = if let Some(quoted) = after.strip_prefix('"') {
            let mut signs = quoted.char_indices();
            let mut end = quoted.len();
            while let Some((at, sign)) = signs.next() {
                match sign {
                    '"' => {
                        end = at;
                        break;
                    }
                    '\\' => value.extend(signs.next().map(|it| it.1)),
                    other => value.push(other),
                }
            }
            1 + end
        } else {
            let end = after.find(';').unwrap_or(after.len());
            value.push_str(after[..end].trim_end());
            end
        };
        parameters.push((name.trim().to_owned(), value));
        rest = after[end..].split_once(';').map_or("", |it| it.1);
    }
    parameters
}

fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut whole = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = escaped.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            whole.push(byte);
            at += 3;
        } else {
            whole.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&whole).into_owned()
}

/// The last part of a path, without signs that no name has. `None` when nothing is left.
fn safe(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut safe: String = last.chars().filter(|it| !it.is_control()).collect();
    let start = safe.ceil_char_boundary(safe.len().saturating_sub(NAME_BYTES_MAX));
    safe.drain(..start);
    let safe = safe.trim();
    (!matches!(safe, "" | "." | "..")).then(|| safe.to_owned())
}

#[cfg(test)]
mod tests;
