//! Executions that exist: show, list, delete.

use axum::{
    extract::State,
    http::{Extensions, HeaderMap, StatusCode},
    response::Response,
};
use engine::execution::{Execution, TaskRun};
use service::{ExecutionQuery, PageRequest, Service, Started};

use super::{ExecutionPath, InPath, create::answer};
use crate::{
    error::Error,
    params::Params,
    prefer::{Wait, WaitMax},
    tenant::Tenant,
    wire::{self, execution::View},
};

/// One execution; with `wait=true` or `Prefer: wait` when it has ended.
///
/// Beyond Kestra: `taskRuns=false` leaves its task runs out, and `taskRunPage` and `taskRunSize` show a part of them, in
/// order of creation; `taskRunList` is absent beyond the last.
pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Error> {
    let wait = Wait::asked(&headers, &mut params, WaitMax::of(&extensions, service.settings().wait_max));
    let runs = Runs::asked(&mut params);
    params.check()?;
    let id = path.id()?;
    let mut started = match wait {
        Some(wait) => service.wait(tenant.name(), id, wait.at_most).await?,
        None => Started { execution: service.execution(tenant.name(), id).await?, ended: false },
    };
    runs.keep(&mut started.execution);
    Ok(answer(&service, tenant, started, wait, None))
}

/// Which task runs are shown.
enum Runs {
    All,
    None,
    Page(PageRequest),
}

impl Runs {
    fn asked(params: &mut Params) -> Self {
        let page = params.page_of("taskRunPage", "taskRunSize");
        if !params.flag("taskRuns", true) {
            return Self::None;
        }
        page.map_or(Self::All, Self::Page)
    }

    fn keep(self, execution: &mut Execution) {
        let (skipped, kept) = match self {
            Self::All => return,
            Self::None => (0, 0),
            Self::Page(PageRequest { page, size }) => ((page - 1).saturating_mul(size), size),
        };
        let runs = std::mem::take(&mut execution.task_runs);
        let shown = runs.iter().skip(skipped).take(kept).map(|run| {
            // What is not shown cannot tell later.
            let attempts = if runs.hides_attempts(run) { Vec::new() } else { run.attempts.clone() };
            TaskRun { attempts, ..run.clone() }
        });
        execution.task_runs = shown.collect();
    }
}

/// The executions of one flow.
pub(crate) async fn list(
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    let query = ExecutionQuery {
        namespace_exact: Some(params.required("namespace")),
        flow_id: Some(params.required("flowId")),
        ..ExecutionQuery::default()
    };
    found(&service, tenant, query, params).await
}

pub(crate) async fn search(
    State(service): State<Service>,
    tenant: Tenant,
    mut params: Params,
) -> Result<Response, Error> {
    let query = super::search::query(&mut params, service.now())?;
    found(&service, tenant, query, params).await
}

async fn found(
    service: &Service,
    tenant: Tenant,
    query: ExecutionQuery,
    mut params: Params,
) -> Result<Response, Error> {
    let page = params.page();
    params.check()?;
    let executions = service.search_executions(tenant.name(), query, page).await?;
    let view = View { now: service.now(), tenant: tenant.shown(), url: None };
    Ok(wire::json_bytes(wire::execution::page(&executions, &view)))
}

/// Kestra: `deleteLogs`, `deleteMetrics` and `deleteStorage` are true by default. Log lines and metrics are part of their
/// execution and go with it, whatever the first two say.
pub(crate) async fn delete(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<ExecutionPath>,
    mut params: Params,
) -> Result<StatusCode, Error> {
    params.flag("deleteLogs", true);
    params.flag("deleteMetrics", true);
    let storage = params.flag("deleteStorage", true);
    params.check()?;
    service.delete_execution(tenant.name(), path.id()?, storage).await?;
    Ok(StatusCode::NO_CONTENT)
}
