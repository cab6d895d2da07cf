//! Log lines of an execution. Kestra: an unknown execution has none.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use engine::execution::{Execution, Level, LogEntry};
use service::{LogQuery, Service};

use super::{ExecutionPath, InPath};
use crate::{
    error::Error,
    params::Params,
    tenant::Tenant,
    wire::{self, log::LogJson},
};

pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    params: Params,
) -> Result<Response, Error> {
    let found = lines(&service, tenant, &path, params).await?;
    let lines: Vec<LogJson<'_>> = found
        .iter()
        .flat_map(|(execution, lines)| lines.iter().map(|line| LogJson::of(line, execution)))
        .collect();
    Ok(wire::json(&lines))
}

/// The Python client asks for this every second while it waits.
pub(crate) async fn download(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    params: Params,
) -> Result<Response, Error> {
    let found = lines(&service, tenant, &path, params).await?;
    let text = found.as_ref().map_or_else(String::new, |(_, lines)| service::log_text(lines));
    let name: String = path.id.chars().filter(char::is_ascii_alphanumeric).collect();
    let attachment = HeaderValue::try_from(format!("attachment; filename=\"{name}.log\""))
        .expect("letters and digits are a header value");
    Ok(([(header::CONTENT_DISPOSITION, attachment)], text).into_response())
}

async fn lines(
    service: &Service,
    tenant: Tenant,
    path: &ExecutionPath,
    mut params: Params,
) -> Result<Option<(Execution, Vec<LogEntry>)>, Error> {
    let expected = "one of TRACE, DEBUG, INFO, WARN, ERROR";
    let query = LogQuery {
        min_level: params.read("minLevel", expected, |text| Level::from_name(&text.to_ascii_uppercase())),
        task_run: params.read("taskRunId", "the id of a task run", |text| text.parse().ok()),
        task_id: params.text("taskId"),
        attempt: params.number("attempt"),
    };
    params.check()?;
    match path.id() {
        Ok(id) => Ok(service.logs(tenant.name(), id, query).await?),
        Err(_) => Ok(None),
    }
}
