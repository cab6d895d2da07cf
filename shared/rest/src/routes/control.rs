//! What one execution can be asked to do: kill, pause, unqueue, force-run.

use axum::{extract::State as From, http::StatusCode, response::Response};
use service::Service;

use super::{ExecutionPath, InPath, create::shown, style::Style};
use crate::{error::Error, params::Params, tenant::Tenant};

/// Kestra before 2.0: 202 without a body.
pub(crate) async fn kill(
    From(service): From<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let cascade = params.flag("isOnKillCascade", true);
    params.check()?;
    let execution = service.kill(tenant.name(), path.id()?, cascade).await?;
    Ok(style.answer(StatusCode::ACCEPTED, &service, tenant, execution))
}

/// Kestra before 2.0: 200 without a body.
pub(crate) async fn pause(
    From(service): From<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
) -> Result<Response, Error> {
    let paused = service.pause(tenant.name(), path.id()?).await;
    let execution = paused.map_err(|error| style.refused(error))?;
    Ok(style.answer(StatusCode::OK, &service, tenant, execution))
}

pub(crate) async fn unqueue(
    From(service): From<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<Response, Error> {
    let state = params.state("state");
    params.check()?;
    let unqueued = service.unqueue(tenant.name(), path.id()?, state).await;
    Ok(shown(&service, tenant, unqueued.map_err(|error| style.refused(error))?, None))
}

pub(crate) async fn force_run(
    From(service): From<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
) -> Result<Response, Error> {
    let forced = service.force_run(tenant.name(), path.id()?).await;
    Ok(shown(&service, tenant, forced.map_err(|error| style.refused(error))?, None))
}
