//! Starting an execution: `POST /executions/{namespace}/{id}`.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderName},
    response::{IntoResponse, Response},
};
use engine::execution::Execution;
use service::{Begun, Draft, Service, Start, Started};

use super::{ExecutionPath, FlowPath, InPath};
use crate::{
    error::Error,
    methods::{Methods, post},
    params::Params,
    prefer::{Wait, WaitMax},
    submitted::{self, Asking, BodyKind, Files},
    tenant::Tenant,
    wire::{
        self,
        execution::{View, WIDE},
    },
};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

pub(crate) async fn create(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(flow): InPath<FlowPath>,
    mut params: Params,
    request: Request,
) -> Result<Response, Error> {
    let wait_max = WaitMax::of(request.extensions(), service.settings().wait_max);
    let wait = Wait::asked(request.headers(), &mut params, wait_max);
    let revision = params.number("revision");
    let start = Start {
        labels: params.labels(),
        schedule_date: params.date("scheduleDate"),
        trigger: None,
        wait: wait.map(|wait| wait.at_most),
    };
    params.check()?;
    let kind = BodyKind::by(request.headers())?;
    let key = idempotency_key(request.headers())?;
    let begun = service.begin(tenant.name(), &flow.namespace, &flow.id, revision, key.as_deref());
    let begun = Box::pin(begun).await?;
    let started = match begun {
        Begun::New(draft) => {
            let kept = Kept { service: service.clone(), draft: Some(draft) };
            let (draft, submitted) = kept.read(kind, request).await?;
            // Boxed once here: every layer of the router copies what the handler is made of.
            Box::pin(service.start(draft, submitted, start)).await?
        }
        Begun::Existing(id) => match wait {
            Some(wait) => Box::pin(service.wait(tenant.name(), id, wait.at_most)).await?,
            None => {
                Started { execution: Box::pin(service.execution(tenant.name(), id)).await?, ended: false }
            }
        },
    };
    let url = wire::execution::url(service.settings().url.as_deref(), tenant, &started.execution);
    Ok(answer(&service, tenant, started, wait, Some(&url)))
}

/// Starts a flow whose id is also a word of a route: `POST /executions/{namespace}/kill`.
pub(crate) fn named(id: &'static str) -> Methods {
    let handler = move |state, tenant, InPath(path): InPath<ExecutionPath>, params, request| {
        create(state, tenant, InPath(FlowPath { namespace: path.id, id: id.to_owned() }), params, request)
    };
    post(handler)
}

/// The answer to a start or a wait. One that has not ended says where waiting goes on.
pub(super) fn answer(
    service: &Service,
    tenant: Tenant,
    started: Started,
    wait: Option<Wait>,
    url: Option<&str>,
) -> Response {
    let Started { execution, ended } = started;
    let id = execution.id;
    let response = shown(service, tenant, execution, url);
    let Some(wait) = wait else {
        return response;
    };
    let resume = || format!("{}/executions/{id}?wait=true", tenant.base());
    (wait.headers((!ended).then(resume)), response).into_response()
}

/// One execution; one of many task runs is written piece by piece, unless the size of the answer has to be known.
pub(super) fn shown(service: &Service, tenant: Tenant, execution: Execution, url: Option<&str>) -> Response {
    let view = View { now: service.now(), tenant: tenant.shown(), url };
    if execution.task_runs.len() < WIDE || service.settings().answer_bytes_max.is_some() {
        return wire::json_bytes(wire::execution::bytes(&execution, &view));
    }
    wire::json_body(Body::from_stream(wire::execution::pieces(execution, &view)))
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Error> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let key = value.to_str().map_err(|_| Error::argument("Idempotency-Key has to be visible ASCII"))?;
    Ok(Some(key.to_owned()))
}

/// A draft whose files are forgotten unless it comes to a start, also when the caller leaves in the middle.
struct Kept {
    service: Service,
    draft: Option<Draft>,
}

impl Kept {
    async fn read(
        mut self,
        kind: BodyKind,
        request: Request,
    ) -> Result<(Draft, engine::input::Submitted), Error> {
        const TAKEN_ONCE: &str = "the draft is taken here alone, and `self` goes with it";
        if !matches!(kind, BodyKind::Form(_)) {
            let draft = self.draft.take().expect(TAKEN_ONCE);
            let submitted = submitted::read(
                &self.service,
                Asking::Start(&draft),
                kind,
                request.into_body(),
                Files::Stored,
            )
            .await?;
            return Ok((draft, submitted));
        }
        let draft = self.draft.as_ref().expect(TAKEN_ONCE);
        let read =
            submitted::read(&self.service, Asking::Start(draft), kind, request.into_body(), Files::Stored)
                .await;
        let draft = self.draft.take().expect(TAKEN_ONCE);
        match read {
            Ok(submitted) => Ok((draft, submitted)),
            Err(error) => {
                self.service.abandon(draft).await;
                Err(error)
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(draft) = self.draft.take() {
            let service = self.service.clone();
            tokio::spawn(async move { service.abandon(draft).await });
        }
    }
}
