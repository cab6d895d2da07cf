//! Files of a namespace.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use serde_json::json;
use service::{FileAttributes, Service};

use super::{InPath, NamespacePath};
use crate::{
    content,
    error::Error,
    limits::TEXT_BYTES_MAX,
    multipart::{Content, Form, Part},
    params::Params,
    submitted::essence,
    tenant::Tenant,
    wire,
};

/// The part of a form that is the file.
const FILE_CONTENT: &str = "fileContent";

/// Kestra: there is every namespace that somebody asks for.
pub(crate) async fn namespace(_: Tenant, InPath(path): InPath<NamespacePath>) -> Response {
    wire::json(&json!({ "id": path.namespace, "deleted": false }))
}

/// The bytes of a file.
pub(crate) async fn read(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    mut params: Params,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let path = params.required("path");
    params.check()?;
    if params.text("revision").is_some() {
        return Err(Error::NotBuilt("revisions of a file of a namespace"));
    }
    let file = service.namespace_file(tenant.name(), &namespace, &path)?;
    content::answer(&service, &file, (&method, &headers), HeaderMap::new()).await
}

/// Takes one file, the part `fileContent` of a form.
pub(crate) async fn write(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    mut params: Params,
    request: Request,
) -> Result<StatusCode, Error> {
    let path = params.required("path");
    params.check()?;
    let (file_name, content) = file_content(&service, request).await?;
    let is_zip =
        std::path::Path::new(&file_name).extension().is_some_and(|it| it.eq_ignore_ascii_case("zip"));
    if is_zip {
        return Err(Error::NotBuilt(
            "unpacking a .zip (send its files one by one, or under a name that does not end so to keep it as it is)",
        ));
    }
    let failure = content.failure();
    let stored = service.store_namespace_file((tenant.name(), &namespace), &path, Box::pin(content)).await;
    // The store only sees that the stream failed, not why.
    stored.map_err(|error| failure.taken().unwrap_or(Error::Service(error)))?;
    Ok(StatusCode::OK)
}

/// The file of a form, and its name.
async fn file_content(service: &Service, request: Request) -> Result<(String, Content), Error> {
    let given = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let given = String::from_utf8_lossy(given).into_owned();
    if essence(&given) != "multipart/form-data" {
        return Err(Error::MediaType { given, taken: "[multipart/form-data]" });
    }
    let limit = service.settings().file_bytes_max.saturating_add(TEXT_BYTES_MAX as u64);
    let mut form = Form::open(&given, request.into_body(), limit).await?;
    while let Some(form) = &mut form
        && let Some(part) = form.next().await?
    {
        match part {
            Part::File { name, file_name, content } if name == FILE_CONTENT => {
                return Ok((file_name, content));
            }
            Part::File { mut content, .. } => content.discard().await?,
            Part::Text { .. } => {}
        }
    }
    Err(Error::MissingBody(FILE_CONTENT))
}

pub(crate) async fn rename(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    mut params: Params,
) -> Result<StatusCode, Error> {
    let (from, to) = (params.required("from"), params.required("to"));
    params.check()?;
    service.move_namespace_file((tenant.name(), &namespace), &from, &to).await?;
    Ok(StatusCode::OK)
}

pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    mut params: Params,
) -> Result<StatusCode, Error> {
    let path = params.required("path");
    params.check()?;
    service.delete_namespace_file(tenant.name(), &namespace, &path).await?;
    Ok(StatusCode::OK)
}

/// The paths that contain `q`.
pub(crate) async fn search(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    mut params: Params,
) -> Result<Response, Error> {
    let asked = params.all("q").next().map(str::to_owned);
    let text = asked.unwrap_or_else(|| params.required("q"));
    params.check()?;
    let files = service.search_namespace_files(tenant.name(), &namespace, &text).await?;
    let paths: Vec<String> = files.iter().map(|file| format!("/{}", file.path)).collect();
    Ok(wire::json(&paths))
}

pub(crate) async fn stats(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    params: Params,
) -> Result<Response, Error> {
    let path = params.text("path").unwrap_or_default();
    let file = service.namespace_file_stats(tenant.name(), &namespace, &path).await?;
    Ok(wire::json(&AttributesJson::of(&file)))
}

pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    params: Params,
) -> Result<Response, Error> {
    let path = params.text("path").unwrap_or_default();
    let files = service.namespace_directory(tenant.name(), &namespace, &path).await?;
    Ok(wire::json(&files.iter().map(AttributesJson::of).collect::<Vec<_>>()))
}

pub(crate) async fn make_directory(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(NamespacePath { namespace }): InPath<NamespacePath>,
    params: Params,
) -> Result<StatusCode, Error> {
    let path = params.text("path").unwrap_or_default();
    service.make_namespace_directory(tenant.name(), &namespace, &path).await?;
    Ok(StatusCode::OK)
}

/// Kestra: `FileAttributes`. Times are milliseconds since 1970.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttributesJson<'a> {
    file_name: &'a str,
    last_modified_time: i64,
    creation_time: i64,
    #[serde(rename = "type")]
    kind: &'static str,
    size: u64,
}

impl<'a> AttributesJson<'a> {
    fn of(file: &'a FileAttributes) -> Self {
        Self {
            file_name: file.path.rsplit('/').next().unwrap_or_default(),
            last_modified_time: file.modified_at.as_millis(),
            creation_time: file.created_at.as_millis(),
            kind: if file.is_directory { "Directory" } else { "File" },
            size: file.size,
        }
    }
}
