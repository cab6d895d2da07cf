//! What would become of the inputs of a call, without starting anything.

use axum::{
    extract::{Request, State},
    response::Response,
};
use service::{Begun, Service};

use super::{FlowPath, InPath};
use crate::{
    error::Error,
    params::Params,
    submitted::{self, Asking, BodyKind, Files},
    tenant::Tenant,
    wire::{self, input::CheckJson},
};

/// Kestra: 200 also when inputs are wrong; files are not stored.
pub(crate) async fn validate(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(flow): InPath<FlowPath>,
    mut params: Params,
    request: Request,
) -> Result<Response, Error> {
    let revision = params.number("revision");
    params.labels();
    params.check()?;
    let kind = BodyKind::by(request.headers())?;
    let draft = match service.begin(tenant.name(), &flow.namespace, &flow.id, revision, None).await? {
        Begun::New(draft) => draft,
        Begun::Existing(id) => {
            let message = format!("execution {id} was found for no key");
            return Err(service::Error::Internal(message).into());
        }
    };
    let submitted =
        submitted::read(&service, Asking::Start(&draft), kind, request.into_body(), Files::Forgotten).await?;
    let resolution = service.check_inputs(&draft, &submitted).await?;
    Ok(wire::json(&CheckJson::of_flow(draft.flow(), &resolution)))
}
