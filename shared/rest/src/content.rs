//! The bytes of a file as an answer: whole or in part, unless the client has them already (RFC 9110).

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures_util::TryStreamExt as _;
use service::{File, Service};

use crate::{doors, error::Error, range::Asked, wire::http_date};

/// Answers with a file. `own` are headers that say more of it.
///
/// A file that is larger than what leaves from here is redirected to where it is kept, and there the client gets its
/// range as well.
pub(crate) async fn answer(
    service: &Service,
    file: &File,
    (method, asked): (&Method, &HeaderMap),
    own: HeaderMap,
) -> Result<Response, Error> {
    let is_head = method == Method::HEAD;
    let mut range = if is_head { Asked::All } else { Asked::by(asked) };
    let mut known = None;
    if is_head || asked.contains_key(header::IF_NONE_MATCH) || matches!(range, Asked::Last(_)) {
        let facts = file.facts().await?;
        if is_known(asked, &facts.tag) {
            return Ok((StatusCode::NOT_MODIFIED, headers(&facts, own)).into_response());
        }
        if is_head {
            let mut headers = headers(&facts, own);
            headers.insert(header::CONTENT_LENGTH, facts.size.into());
            return Ok((headers, Body::empty()).into_response());
        }
        known = Some(facts);
    }
    let size_before = known.map_or(0, |facts| facts.size);
    let mut reading = file.open(range.of(size_before)).await?;
    if range != Asked::All && !still_holds(asked, &reading.facts.tag) {
        // Only the bytes of the write that the client knows are a part of it.
        range = Asked::All;
        reading = file.open(None).await?;
    }
    let size = reading.facts.size;
    let answer_max = service.settings().answer_bytes_max;
    if answer_max.is_some_and(|limit| size > limit)
        && let Some(url) = file.url().await?
    {
        return Ok(
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, doors::location(&url)?)]).into_response()
        );
    }
    let (status, part) = match range.of(size_before) {
        None => (StatusCode::OK, 0..size),
        Some(range) if range.start >= size || range.is_empty() => return Err(Error::Range { size }),
        Some(range) => (StatusCode::PARTIAL_CONTENT, range.start..range.end.min(size)),
    };
    let length = part.end - part.start;
    if let Some(limit) = answer_max.filter(|limit| length > *limit) {
        return Err(Error::AnswerTooLarge { size: length, limit });
    }
    let mut headers = headers(&reading.facts, own);
    headers.insert(header::CONTENT_LENGTH, length.into());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        headers.insert(header::CONTENT_RANGE, value(range));
    }
    let body = Body::from_stream(reading.stream.map_err(std::io::Error::other));
    Ok((status, headers, body).into_response())
}

/// What is told of a file, whatever of it is sent.
fn headers(facts: &service::FileFacts, mut own: HeaderMap) -> HeaderMap {
    let more: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        // The same path may be written again, so who keeps it has to ask.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, value(format!("\"{}\"", facts.tag))),
        (header::LAST_MODIFIED, value(http_date(facts.modified_at))),
    ];
    own.extend(more);
    own
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits, letters and signs of ASCII are a header value")
}

/// `If-None-Match`: whether the client has this write of the file already.
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let given = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    given.flat_map(|list| list.split(',')).map(str::trim).any(|given| {
        let given = given.strip_prefix("W/").unwrap_or(given);
        given == "*" || unquoted(given) == Some(tag)
    })
}

/// `If-Range`: whether the range is one of the write that the client knows. A date does not tell two writes of a second
/// apart, so it never holds.
fn still_holds(asked: &HeaderMap, tag: &str) -> bool {
    let Some(given) = asked.get(header::IF_RANGE) else { return true };
    given.to_str().is_ok_and(|given| unquoted(given.trim()) == Some(tag))
}

fn unquoted(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}
