//! Resuming an execution that waits for somebody.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use service::{Resumption, Service};

use super::{ExecutionPath, InPath, style::Style};
use crate::{
    error::Error,
    submitted::{self, Asking, BodyKind, Files},
    tenant::Tenant,
    wire::{self, input::CheckJson},
};

/// Kestra before 2.0: 204 without a body. What the pause asks for comes as the inputs of a start do.
pub(crate) async fn resume(
    State(service): State<Service>,
    tenant: Tenant,
    style: Style,
    InPath(path): InPath<ExecutionPath>,
    request: Request,
) -> Result<Response, Error> {
    let kind = BodyKind::by(request.headers())?;
    let resumption = service.begin_resume(tenant.name(), path.id()?).await?;
    let mut kept = Kept { service: service.clone(), resumption: Some(resumption) };
    let submitted =
        submitted::read(&service, Asking::Resume(kept.get()), kind, request.into_body(), Files::Stored)
            .await?;
    let execution = service.resume(kept.take(), &submitted).await?;
    Ok(style.answer(StatusCode::NO_CONTENT, &service, tenant, execution))
}

/// What would become of the inputs; 200 also when they are wrong.
pub(crate) async fn validate(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    request: Request,
) -> Result<Response, Error> {
    let kind = BodyKind::by(request.headers())?;
    let resumption = service.begin_resume(tenant.name(), path.id()?).await?;
    let asking = Asking::Resume(&resumption);
    let submitted = submitted::read(&service, asking, kind, request.into_body(), Files::Forgotten).await?;
    let resolution = service.check_resume(&resumption, &submitted).await?;
    Ok(wire::json(&CheckJson::of_pause(resumption.flow(), resumption.task_id(), &resolution)))
}

/// A resumption whose files are forgotten unless it is carried out, also when the caller leaves in the middle.
struct Kept {
    service: Service,
    resumption: Option<Resumption>,
}

impl Kept {
    const TAKEN_ONCE: &str = "the resumption is taken here alone, and last";

    fn get(&self) -> &Resumption {
        self.resumption.as_ref().expect(Self::TAKEN_ONCE)
    }

    fn take(&mut self) -> Resumption {
        self.resumption.take().expect(Self::TAKEN_ONCE)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(resumption) = self.resumption.take() {
            let service = self.service.clone();
            tokio::spawn(async move { service.abandon_resume(resumption).await });
        }
    }
}
