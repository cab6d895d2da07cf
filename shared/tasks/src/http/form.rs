//! `formData` as a body.

use std::fmt::Write;

use bytes::Bytes;
use ports::{
    blobs::{Blobs, Path},
    run::Attempt,
    uri,
};
use serde_json::{Map, Value as Json};
use url::form_urlencoded;

use super::payload::{Payload, Piece};

/// Fields of one form.
const FIELDS_MAX: usize = 1_000;

pub(super) fn url_encoded(fields: &Map<String, Json>) -> Payload {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        form.append_pair(name, &text(value));
    }
    Payload::Text(form.finish().into())
}

/// The payload, parts of which are between two `boundary`s. A text that is the URI of a file, or `{name, content}` with
/// one, is that file.
///
/// # Errors
/// A file cannot be had.
pub(super) async fn multipart(
    fields: &Map<String, Json>,
    boundary: &str,
    blobs: &dyn Blobs,
    attempt: &Attempt,
) -> Result<Payload, String> {
    if fields.len() > FIELDS_MAX {
        return Err(format!("`formData` may have at most {FIELDS_MAX} fields"));
    }
    let mut pieces = Vec::new();
    for (name, value) in fields {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name));
        let content = if let Some((file_name, path)) = file(value, attempt)? {
            let size = blobs.size(&path).await.map_err(|error| format!("`formData.{name}`: {error}"))?;
            let file_name = quoted(&file_name);
            let _ = write!(head, "; filename=\"{file_name}\"\r\nContent-Type: application/octet-stream");
            Piece::File(path, size)
        } else {
            head.push_str("\r\nContent-Type: text/plain; charset=UTF-8");
            Piece::Text(text(value).into())
        };
        head.push_str("\r\n\r\n");
        pieces.extend([Piece::Text(head.into()), content, Piece::Text(Bytes::from_static(b"\r\n"))]);
    }
    pieces.push(Piece::Text(format!("--{boundary}--\r\n").into()));
    Ok(Payload::Pieces(pieces))
}

/// The file a field means, and what it is called there.
fn file(value: &Json, attempt: &Attempt) -> Result<Option<(String, Path)>, String> {
    let (name, from) = match value {
        Json::String(text) if uri::is_uri(text) => (None, text),
        Json::Object(map) => match (map.get("name"), map.get("content")) {
            (Some(Json::String(name)), Some(Json::String(content))) => (Some(name), content),
            _ => return Ok(None),
        },
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => return Ok(None),
    };
    let path = attempt.path_of(from).map_err(|_| {
        format!("`{from}` is not the URI of an internal-storage file, such as kestra:///company/team/a.csv")
    })?;
    let name = name.map_or_else(|| path.file_name().to_owned(), Clone::clone);
    Ok(Some((name, path)))
}

/// A text is itself; whatever else is JSON.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}

/// As browsers escape names in a form.
fn quoted(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}
