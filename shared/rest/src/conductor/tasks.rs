//! Tasks for workers outside: polled, claimed, reported. The last part of a path says what is done.

mod queues;
pub(super) mod reference;
pub(super) mod result;

use std::{borrow::Cow, time::Duration};

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::conductor::{TaskId, TaskStatus, tries_of};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use service::{Delivery, Poll, SeenTask, Service};

use super::{
    error::Refusal,
    wire::{
        name::Named,
        status::{TaskStatusText, millis},
        task::TaskJson,
    },
};
use crate::{
    access::Asker,
    body,
    error::Error,
    methods::{Methods, get, post},
    params::Params,
    routes::InPath,
    tenant::Tenant,
    wire,
};
use result::TaskResult;

/// Bytes of a report.
const RESULT_BYTES_MAX: usize = 2 << 20;
/// Bytes of one line of a log that is sent by itself.
const LINE_BYTES_MAX: usize = 64 * 1024;
/// How long a poll for one waits. Conductor's.
const POLL_ONE: Duration = Duration::from_millis(100);

pub(crate) fn routes() -> Vec<(&'static str, Methods)> {
    let mut routes = vec![
        ("/tasks", post(update)),
        ("/tasks/update-v2", post(update_and_poll)),
        ("/tasks/poll/{type}", get(poll)),
        ("/tasks/poll/batch/{type}", get(poll_batch)),
        ("/tasks/{task}", get(one)),
        ("/tasks/{task}/log", get(log).post(add_log)),
    ];
    routes.extend(reference::routes());
    routes.extend(queues::routes());
    routes
}

#[derive(Deserialize)]
struct TypePath {
    #[serde(rename = "type")]
    task_type: String,
}

#[derive(Deserialize)]
struct TaskPath {
    task: String,
}

impl TaskPath {
    fn id(&self) -> Result<TaskId, Error> {
        let unknown =
            |_| Refusal::plain(StatusCode::NOT_FOUND, format!("Task not found for taskId: {}", self.task));
        self.task.parse().map_err(unknown).map_err(Error::Conductor)
    }
}

/// What a client leaves out, or writes as `None` or `null`, is not there.
fn given(params: &Params, name: &str) -> Option<String> {
    params.text(name).filter(|it| it != "None" && it != "null")
}

fn number(params: &Params, name: &str, default: u64) -> Result<u64, Error> {
    given(params, name).map_or(Ok(default), |text| {
        let wrong = |_| Error::argument(format!("`{name}` is `{text}`, and has to be a number"));
        text.parse().map_err(wrong)
    })
}

fn asked_for(path: TypePath, params: &Params, asker: &Asker) -> Poll {
    Poll {
        task_type: path.task_type,
        domain: given(params, "domain"),
        worker: given(params, "workerid"),
        count: 1,
        timeout: POLL_ONE,
        reach: asker.principal().reach.clone(),
    }
}

async fn poll(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TypePath>,
    params: Params,
) -> Result<Response, Error> {
    let claimed = service.poll(tenant.name(), &asked_for(path, &params, &asker)).await?;
    Ok(one_or_none(&service, claimed.first()))
}

/// `count`, 1 unless given, 100 at most; `timeout` in milliseconds, 100 unless given, 5,000 at most.
async fn poll_batch(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TypePath>,
    params: Params,
) -> Result<Response, Error> {
    let count = usize::try_from(number(&params, "count", 1)?).unwrap_or(usize::MAX);
    let timeout = Duration::from_millis(number(&params, "timeout", 100)?);
    let poll = Poll { count, timeout, ..asked_for(path, &params, &asker) };
    let claimed = service.poll(tenant.name(), &poll).await?;
    let tasks: Vec<TaskJson<'_>> = claimed.iter().filter_map(|it| shown(&service, it)).collect();
    Ok(wire::json(&tasks))
}

async fn update(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let result = TaskResult::read(request).await?;
    let update = result.update()?;
    within_reach(&service, tenant, &asker, update.task).await?;
    let task = update.task.to_string();
    service.update_task(tenant.name(), update).await?;
    Ok(task.into_response())
}

/// Gives the next task of the same kind to the same worker; 204 when there is none.
async fn update_and_poll(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    request: Request,
) -> Result<Response, Error> {
    let result = TaskResult::read(request).await?;
    let update = result.update()?;
    within_reach(&service, tenant, &asker, update.task).await?;
    let (worker, goes_on) = (update.worker.clone(), result.goes_on());
    let updated = service.update_task(tenant.name(), update).await?;
    let reach = asker.principal().reach.clone();
    let Some(task_type) = updated.task_type.filter(|_| !goes_on) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let poll = Poll { task_type, domain: updated.domain, worker, count: 1, timeout: Duration::ZERO, reach };
    let claimed = service.poll(tenant.name(), &poll).await?;
    Ok(one_or_none(&service, claimed.first()))
}

async fn one(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TaskPath>,
) -> Result<Response, Error> {
    let id = path.id()?;
    within_reach(&service, tenant, &asker, id).await?;
    let task = service.task(tenant.name(), id).await?;
    let shown = shown(&service, &task);
    let unknown = || Refusal::plain(StatusCode::NOT_FOUND, format!("Task not found for taskId: {id}"));
    shown.map(|it| wire::json(&it)).ok_or_else(|| Error::Conductor(unknown()))
}

async fn log(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TaskPath>,
) -> Result<Response, Error> {
    let id = path.id()?;
    within_reach(&service, tenant, &asker, id).await?;
    let task = service.task(tenant.name(), id).await?;
    let lines = task.execution.logs.iter().filter(|it| it.task_run == Some(id.task_run));
    let lines: Vec<Json> = lines
        .map(|it| json!({"log": it.message, "taskId": path.task, "createdTime": it.timestamp.as_millis()}))
        .collect();
    Ok(wire::json(&lines))
}

/// The body is the line, whatever its content type says.
async fn add_log(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<TaskPath>,
    request: Request,
) -> Result<Response, Error> {
    let id = path.id()?;
    within_reach(&service, tenant, &asker, id).await?;
    let line = body::read_text(request.into_body(), LINE_BYTES_MAX, "a line of a log").await?;
    service.log_of_task(tenant.name(), id, line).await?;
    Ok(StatusCode::OK.into_response())
}

fn one_or_none(service: &Service, task: Option<&SeenTask>) -> Response {
    match task.and_then(|it| shown(service, it)) {
        Some(task) => wire::json(&task),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

/// A task, with what is known of its delivery.
fn shown<'t>(service: &Service, task: &'t SeenTask) -> Option<TaskJson<'t>> {
    let SeenTask { execution, flow, task: id, delivery } = task;
    let run = execution.task_runs.get(id.task_run)?;
    let tries = tries_of(run, &execution.task_runs);
    let one = tries.iter().find(|it| it.number == id.number)?;
    let flow = flow.flow.as_ref().ok();
    let named = Named::of(execution, flow, &service.settings().conductor_namespace);
    let mut shown = TaskJson::of(execution, flow, one);
    shown.workflow_type = Cow::Owned(named.name);
    if let Some(Delivery { claimed, worker, polls, begun, outputs, .. }) = delivery {
        let status = if *claimed { TaskStatus::InProgress } else { TaskStatus::Scheduled };
        shown.status = TaskStatusText(status);
        shown.worker_id = worker.as_deref().map(Cow::Borrowed);
        shown.poll_count = *polls;
        shown.start_time = millis(*begun);
        shown.output_data = Cow::Borrowed(outputs);
    }
    Some(shown)
}

/// Who is limited to namespaces sees no tasks of others.
async fn within_reach(service: &Service, tenant: Tenant, asker: &Asker, task: TaskId) -> Result<(), Error> {
    asker.check_all(service, tenant.name(), &[task.execution.to_string()]).await
}

/// The output of a task as a body: a map, or nothing.
async fn output(request: Request) -> Result<Map<String, Json>, Error> {
    let bytes = body::read(request.into_body(), RESULT_BYTES_MAX, "the output of a task").await?;
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    match body::json(&bytes)? {
        Json::Object(map) => Ok(map),
        Json::Null => Ok(Map::new()),
        other => Ok(Map::from_iter([("result".to_owned(), other)])),
    }
}
