//! Files of an execution, whole or in part.

use std::fmt::Write;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use engine::id::ExecutionId;
use futures_util::TryStreamExt;
use serde::Serialize;
use service::{FileOf, Service, SizeOf};

use super::{ExecutionPath, InPath};
use crate::{doors, error::Error, params::Params, range::Asked, tenant::Tenant, wire};

pub(crate) async fn download(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let file = params.required("path");
    params.check()?;
    let id = id_of(&path)?;
    let asked = Asked::by(&headers);
    let range = match asked {
        Asked::All => None,
        Asked::From { first, last } => Some(first..last.map_or(u64::MAX, |last| last.saturating_add(1))),
        Asked::Last(count) => match service.file_size(tenant.name(), id, &file).await? {
            SizeOf::This(size) => Some(size.saturating_sub(count)..size),
            SizeOf::Other(other) => return Ok(elsewhere(tenant, other, "file", &uri)),
        },
    };
    let reading = match service.file(tenant.name(), id, &file, range.clone()).await? {
        FileOf::This(reading) => reading,
        FileOf::Other(other) => return Ok(elsewhere(tenant, other, "file", &uri)),
    };
    let size = reading.size;
    // Whoever asks for the head alone gets nothing that is too large.
    let answer_max = service.settings().answer_bytes_max.filter(|_| method != Method::HEAD);
    if answer_max.is_some_and(|limit| size > limit)
        && let Some(url) = service.file_url(tenant.name(), id, &file).await?
    {
        return Ok(
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, doors::location(&url)?)]).into_response()
        );
    }
    let (status, part) = match range {
        None => (StatusCode::OK, 0..size),
        Some(range) if range.start >= size => return Err(Error::Range { size }),
        Some(range) => (StatusCode::PARTIAL_CONTENT, range.start..range.end.min(size)),
    };
    let length = part.end - part.start;
    if let Some(limit) = answer_max.filter(|limit| length > *limit) {
        return Err(Error::AnswerTooLarge { size: length, limit });
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_DISPOSITION, attachment(&file));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_LENGTH, length.into());
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        headers.insert(header::CONTENT_RANGE, range.try_into().expect("digits are a header value"));
    }
    let body = Body::from_stream(reading.stream.map_err(std::io::Error::other));
    Ok((status, headers, body).into_response())
}

#[derive(Serialize)]
struct Metas {
    size: u64,
}

pub(crate) async fn metas(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
    uri: Uri,
) -> Result<Response, Error> {
    let file = params.required("path");
    params.check()?;
    match service.file_size(tenant.name(), id_of(&path)?, &file).await? {
        SizeOf::This(size) => Ok(wire::json(&Metas { size })),
        SizeOf::Other(other) => Ok(elsewhere(tenant, other, "file/metas", &uri)),
    }
}

/// Kestra has a text of its own for files.
fn id_of(path: &ExecutionPath) -> Result<ExecutionId, Error> {
    path.id().map_err(|_| Error::not_found(format!("Unable to find execution id '{}'", path.id)))
}

/// Kestra: a file of another execution is asked for there.
fn elsewhere(tenant: Tenant, id: ExecutionId, endpoint: &str, uri: &Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let location = format!("{}/executions/{id}/{endpoint}?{query}", tenant.base());
    let location = HeaderValue::try_from(location).expect("a path with the query of a URI is ASCII");
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response()
}

/// The last segment of a URI as the name of a download (RFC 6266).
fn attachment(uri: &str) -> HeaderValue {
    let name = uri.rsplit('/').next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let value = if name.chars().all(is_plain) {
        format!("attachment; filename=\"{name}\"")
    } else {
        let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encoded(name))
    };
    HeaderValue::try_from(value).expect("only visible ASCII is left")
}

/// Percent-encoded; what is encoded already stays.
fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
