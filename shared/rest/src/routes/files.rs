//! Files of an execution: their bytes, their size, their beginning.

use std::fmt::Write;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use engine::id::ExecutionId;
use serde::Serialize;
use serde_json::Value as Json;
use service::{FileOf, PREVIEW_ROWS, PREVIEW_ROWS_MAX, Preview, PreviewKind, Service};

use super::{ExecutionPath, InPath};
use crate::{content, error::Error, params::Params, tenant::Tenant, wire};

pub(crate) async fn download(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let asked = params.required("path");
    params.check()?;
    match service.file(tenant.name(), id_of(&path)?, &asked).await? {
        FileOf::This(file) => {
            let own = HeaderMap::from_iter([(header::CONTENT_DISPOSITION, attachment(&asked))]);
            content::answer(&service, &file, (&method, &headers), own).await
        }
        FileOf::Other(other) => Ok(elsewhere(tenant, other, "file", &uri)),
    }
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
    let asked = params.required("path");
    params.check()?;
    match service.file(tenant.name(), id_of(&path)?, &asked).await? {
        FileOf::This(file) => Ok(wire::json(&Metas { size: file.facts().await?.size })),
        FileOf::Other(other) => Ok(elsewhere(tenant, other, "file/metas", &uri)),
    }
}

/// Kestra: `FileRender`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewJson<'a> {
    extension: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    content: &'a Json,
    max_line: usize,
    truncated: bool,
}

pub(crate) async fn preview(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
    uri: Uri,
) -> Result<Response, Error> {
    let asked = params.required("path");
    let rows = params.number("maxRows").map(|rows| usize::try_from(rows).unwrap_or(PREVIEW_ROWS_MAX));
    let charset = params.text("encoding").unwrap_or_else(|| "UTF-8".to_owned());
    params.check()?;
    let max_line = rows.unwrap_or(PREVIEW_ROWS).min(PREVIEW_ROWS_MAX);
    match service.file(tenant.name(), id_of(&path)?, &asked).await? {
        FileOf::This(file) => {
            let Preview { kind, content, truncated } = file.preview(max_line, &charset).await?;
            let kind = match kind {
                PreviewKind::Text => "TEXT",
                PreviewKind::List => "LIST",
                PreviewKind::Image => "IMAGE",
                PreviewKind::Markdown => "MARKDOWN",
                PreviewKind::Pdf => "PDF",
            };
            let extension = file.extension();
            Ok(wire::json(&PreviewJson { extension, kind, content: &content, max_line, truncated }))
        }
        FileOf::Other(other) => Ok(elsewhere(tenant, other, "file/preview", &uri)),
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
