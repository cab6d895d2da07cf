//! What a webhook makes of a body.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value as Json;

use crate::error::Error;

/// Kestra: a JSON object or list as such, everything else as a string, whatever the content type says. What is no text
/// in its charset comes in base64.
///
/// # Errors
/// `MediaType` for a charset that nobody knows.
pub(super) fn value(headers: &HeaderMap, body: &[u8]) -> Result<Option<Json>, Error> {
    if body.is_empty() {
        return Ok(None);
    }
    let charset = charset(headers)?;
    let Some(text) = charset.decode_without_bom_handling_and_without_replacement(body) else {
        return Ok(Some(BASE64.encode(body).into()));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Some(match serde_json::from_str(text) {
        Ok(json @ (Json::Object(_) | Json::Array(_))) => json,
        // Scalars, too, and what is nested deeper than the parser goes.
        Ok(_) | Err(_) => text.into(),
    }))
}

/// UTF-8 when the content type says none.
fn charset(headers: &HeaderMap) -> Result<&'static Encoding, Error> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.map(|it| String::from_utf8_lossy(it.as_bytes())).unwrap_or_default();
    let mut parameters = content_type.split(';').skip(1).filter_map(|it| it.split_once('='));
    let Some((_, name)) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset")) else {
        return Ok(UTF_8);
    };
    Encoding::for_label(name.trim().trim_matches('"').as_bytes()).ok_or_else(|| Error::MediaType {
        given: content_type.to_string(),
        taken: "any, in a charset that is known, such as utf-8 or iso-8859-1",
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};
    use serde_json::json;

    use super::value;

    #[test]
    fn a_body_is_what_it_can_be() {
        let rows: [(&str, &[u8], serde_json::Value); 10] = [
            ("", b"", json!(null)),
            ("", b"{\"a\": 1}", json!({"a": 1})),
            ("text/plain", b"[1, {}]", json!([1, {}])),
            ("application/json", b"42", json!("42")),
            ("application/json", b"{", json!("{")),
            ("application/json", b"\xef\xbb\xbf{}", json!({})),
            ("text/plain; Charset=\"ISO-8859-1\"", b"D\xfcsseldorf", json!("Düsseldorf")),
            ("application/json;charset=utf-16le", b"[\x001\x00]\x00", json!([1])),
            ("text/plain", b"D\xfcsseldorf", json!("RPxzc2VsZG9yZg==")),
            ("application/octet-stream", b"\x00\xff", json!("AP8=")),
        ];
        for (content_type, body, expected) in rows {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, content_type.parse().unwrap())]);
            let found = value(&headers, body).unwrap().unwrap_or_default();
            assert_eq!(found, expected, "{content_type}");
        }
        let headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, "text/plain;charset=nope".parse().unwrap())]);
        insta::assert_snapshot!(value(&headers, b"x").unwrap_err().message(), @"Unsupported Media Type: Content Type [text/plain;charset=nope] not allowed. Allowed types: any, in a charset that is known, such as utf-8 or iso-8859-1");
    }
}
