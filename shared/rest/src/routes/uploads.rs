//! Files before their execution: `POST …/uploads` reserves an id and says where each file goes.
//!
//! Where the blobs have a door of their own (presigned URLs), files go past this process; elsewhere they come to the
//! `PUT` route here. A client does the same in both cases.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use engine::id::ExecutionId;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use service::{Announced, Reserved, Service, Upload};

use super::{FlowPath, InPath, create::idempotency_key};
use crate::{
    body,
    error::Error,
    limits::ANNOUNCEMENT_BYTES_MAX,
    tenant::Tenant,
    wire::{self, date::Date},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    files: Vec<AnnouncedFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AnnouncedFile {
    input: String,
    #[serde(default)]
    file_name: String,
    size: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReservedJson<'a> {
    execution_id: ExecutionId,
    expires_at: Date,
    uploads: Vec<UploadJson<'a>>,
}

#[derive(Serialize)]
struct UploadJson<'a> {
    input: &'a str,
    method: &'static str,
    url: String,
    headers: UploadHeaders,
    uri: &'a str,
}

#[derive(Serialize)]
struct UploadHeaders {
    #[serde(rename = "content-length")]
    content_length: String,
}

/// An execution id, and where to send the files of its inputs. Nothing is stored.
pub(crate) async fn reserve(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(flow): InPath<FlowPath>,
    request: Request,
) -> Result<Response, Error> {
    let key = idempotency_key(request.headers())?;
    let bytes =
        body::read(request.into_body(), ANNOUNCEMENT_BYTES_MAX, "the list of files to upload").await?;
    let announcement: Announcement = serde_json::from_slice(&bytes).map_err(|error| {
        Error::Json(format!(
            "files are announced as {{\"files\": [{{\"input\", \"fileName\", \"size\"}}]}}: {error}"
        ))
    })?;
    let announced: Vec<Announced> = announcement
        .files
        .into_iter()
        .map(|AnnouncedFile { input, file_name, size }| Announced { input, file_name, size })
        .collect();
    let reserved =
        service.reserve_uploads(tenant.name(), &flow.namespace, &flow.id, key.as_deref(), &announced).await?;
    let Reserved { id, expires_at, uploads } = &reserved;
    let base = service.settings().url.as_deref().unwrap_or_default().trim_end_matches('/');
    let here = format!("{base}{}/executions/{}/{}/uploads/{id}", tenant.base(), flow.namespace, flow.id);
    let uploads = uploads.iter().map(|Upload { input, size, uri, url }| UploadJson {
        input,
        method: "PUT",
        url: url.clone().unwrap_or_else(|| format!("{here}/{}", input_and_file(uri))),
        headers: UploadHeaders { content_length: size.to_string() },
        uri,
    });
    let reserved =
        ReservedJson { execution_id: *id, expires_at: Date(*expires_at), uploads: uploads.collect() };
    Ok(wire::json(&reserved))
}

/// The last two segments of a file's URI, which are fit for a URL as they are.
fn input_and_file(uri: &str) -> &str {
    let start = uri.rmatch_indices('/').nth(1).map_or(0, |(slash, _)| slash + 1);
    &uri[start..]
}

#[derive(Deserialize)]
pub(crate) struct UploadPath {
    namespace: String,
    id: String,
    execution: String,
    input: String,
    file: String,
}

/// Takes one file. Again is allowed, until the execution is started.
pub(crate) async fn put(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<UploadPath>,
    request: Request,
) -> Result<StatusCode, Error> {
    let UploadPath { namespace, id, execution, input, file } = path;
    let execution =
        execution.parse().map_err(|_| Error::argument(format!("`{execution}` is no execution id")))?;
    let content = request.into_body().into_data_stream();
    let content = Box::pin(content.map(|chunk| chunk.map_err(|error| error.to_string())));
    service.store_upload(tenant.name(), (&namespace, &id), execution, &input, &file, content).await?;
    Ok(StatusCode::OK)
}
