//! Setting labels of an execution.

use axum::{
    extract::{Request, State},
    response::Response,
};
use engine::flow::Label;
use serde::Deserialize;
use service::Service;

use super::{ExecutionPath, InPath, create::shown};
use crate::{body, error::Error, limits::ORDER_BYTES_MAX, tenant::Tenant};

/// A label as a client sends it.
#[derive(Deserialize)]
pub(super) struct LabelBody {
    key: Option<String>,
    value: Option<String>,
}

/// Kestra: 400 for an execution that has not ended.
pub(crate) async fn set(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id()?;
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of labels").await?;
    let labels = read(body::json(&bytes)?)?;
    match service.set_labels(tenant.name(), id, &labels).await {
        Ok(execution) => Ok(shown(&service, tenant, execution, None)),
        Err(service::Error::IllegalState(message)) => Err(Error::NotNow(message)),
        Err(error) => Err(error.into()),
    }
}

/// # Errors
/// `Invalid` for a label without key or value.
pub(super) fn read(labels: Vec<LabelBody>) -> Result<Vec<Label>, Error> {
    labels
        .into_iter()
        .map(|label| match (label.key, label.value) {
            (Some(key), Some(value)) if !key.is_empty() && !value.is_empty() => Ok(Label::new(key, value)),
            _ => Err(Error::argument("Every label needs a key and a value")),
        })
        .collect()
}
