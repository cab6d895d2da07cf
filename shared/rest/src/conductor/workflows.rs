//! One workflow: what it is, how it stands, its tasks.

use axum::{
    extract::{Request, State},
    response::Response,
};
use engine::{
    conductor::{TaskStatus, WorkflowStatus},
    execution::Execution,
    id::ExecutionId,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use service::{Service, StoredFlow};

use super::{
    asked::{Asked, WorkflowPath, of_workflow},
    error::refused,
    wire::{
        name::Named,
        status::WorkflowStatusText,
        task::{self, TaskJson},
        workflow::{self, Shown, WorkflowJson},
    },
};
use crate::{body, error::Error, limits::JSON_BYTES_MAX, routes::InPath, tenant::Tenant, wire::json};

/// Tasks that a page has unless it says otherwise, and at most.
const TASKS_PAGE: usize = 15;
const TASKS_PAGE_MAX: u64 = 5_000;

/// An execution, and the flow that it is of.
pub(crate) struct Seen {
    pub(crate) execution: Execution,
    flow: Option<std::sync::Arc<StoredFlow>>,
}

impl Seen {
    /// # Errors
    /// 404; the store's.
    pub(crate) async fn read(service: &Service, tenant: Tenant, id: ExecutionId) -> Result<Self, Error> {
        let execution = of_workflow(id, service.execution(tenant.name(), id).await)?;
        Self::of(service, execution).await
    }

    /// # Errors
    /// The store's.
    pub(crate) async fn of(service: &Service, execution: Execution) -> Result<Self, Error> {
        let flow = service.flow_behind(&execution).await?;
        Ok(Self { execution, flow })
    }

    pub(crate) fn flow(&self) -> Option<&engine::flow::Flow> {
        self.flow.as_ref()?.flow.as_ref().ok()
    }

    pub(crate) fn named(&self, service: &Service) -> Named {
        Named::of(&self.execution, self.flow(), &service.settings().conductor_namespace)
    }

    pub(crate) fn json(&self, service: &Service, shown: Shown) -> WorkflowJson<'_> {
        WorkflowJson::of(&self.execution, self.flow(), self.named(service), shown)
    }
}

/// `includeTasks`, true unless given; `summarize`.
pub(crate) async fn get(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    asked: Asked,
) -> Result<Response, Error> {
    let shown =
        Shown { tasks: asked.flag("includeTasks", true)?, summarized: asked.flag("summarize", false)? };
    let seen = Seen::read(&service, tenant, path.id()?).await?;
    Ok(json(&seen.json(&service, shown)))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusJson<'a> {
    workflow_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<&'a str>,
    status: WorkflowStatusText,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Map<String, Json>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variables: Option<std::borrow::Cow<'a, Map<String, Json>>>,
}

/// `includeOutput`, `includeVariables`: false unless given.
pub(crate) async fn status(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    asked: Asked,
) -> Result<Response, Error> {
    let (output, variables) = (asked.flag("includeOutput", false)?, asked.flag("includeVariables", false)?);
    let seen = Seen::read(&service, tenant, path.id()?).await?;
    let execution = &seen.execution;
    Ok(json(&StatusJson {
        workflow_id: execution.id.to_string(),
        correlation_id: super::wire::correlation_id(execution),
        status: WorkflowStatusText(WorkflowStatus::of(execution)),
        output: output.then(|| workflow::output(execution)),
        variables: variables.then(|| workflow::variables(execution, seen.flow())),
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TasksJson<'a> {
    total_hits: usize,
    results: Vec<TaskJson<'a>>,
}

/// `start`, `count`, `status` (several).
pub(crate) async fn tasks(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    asked: Asked,
) -> Result<Response, Error> {
    let start = at_most(asked.number("start")?.unwrap_or(0), u64::MAX);
    let count = asked.number("count")?.map_or(TASKS_PAGE, |it| at_most(it, TASKS_PAGE_MAX));
    let mut statuses = Vec::new();
    for name in asked.all("status") {
        let all = || TaskStatus::ALL.map(TaskStatus::name).join(", ");
        let status = TaskStatus::from_name(&name)
            .ok_or_else(|| refused(format!("`status` is `{name}`; it has to be one of {}", all())))?;
        statuses.push(status);
    }
    let seen = Seen::read(&service, tenant, path.id()?).await?;
    let mut results = task::named(&seen.execution, seen.flow(), &seen.named(&service));
    results.retain(|it| statuses.is_empty() || statuses.contains(&it.status.0));
    let total_hits = results.len();
    let results = results.into_iter().skip(start).take(count).collect();
    Ok(json(&TasksJson { total_hits, results }))
}

fn at_most(number: u64, most: u64) -> usize {
    usize::try_from(number.min(most)).unwrap_or(usize::MAX)
}

/// The body is the variables: those of the same name are replaced. Answers the workflow.
pub(crate) async fn set_variables(
    State(service): State<Service>,
    tenant: Tenant,
    InPath(path): InPath<WorkflowPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id()?;
    let bytes = body::read(request.into_body(), JSON_BYTES_MAX, "a map of variables").await?;
    let variables = body::json::<Map<String, Json>>(&bytes)?;
    let execution = of_workflow(id, service.set_variables(tenant.name(), id, variables).await)?;
    let seen = Seen::of(&service, execution).await?;
    Ok(json(&seen.json(&service, Shown { tasks: true, summarized: false })))
}
