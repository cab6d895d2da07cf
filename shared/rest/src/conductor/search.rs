//! Workflows that are looked for.

pub(super) mod tasks;

use std::collections::BTreeMap;

use axum::{
    extract::{Request, State},
    response::Response,
};
use engine::{execution::Execution, time::Timestamp};
use serde::{Deserialize, Serialize};
use service::{ExecutionQuery, ExecutionSort, Page, Service, settings::SCANNED_MAX};

use super::{
    asked::Asked,
    error::refused,
    query::Query,
    wire::{
        summary::SummaryJson,
        workflow::{Shown, WorkflowJson},
    },
    workflows::Seen,
};
use crate::{
    access::Asker, body, error::Error, limits::ORDER_BYTES_MAX, routes::InPath, tenant::Tenant, wire::json,
};

/// Workflows of one page, unless it says otherwise and at most. Conductor takes up to 5,000; here each is read.
const PAGE: u64 = 100;
const PAGE_MAX: u64 = 1_000;
/// What Conductor refuses.
const ASKED_MAX: u64 = 5_000;
/// Workflows that are read for a condition that the index does not know.
const READ_MAX: usize = 1_000;
/// Correlation ids, and names, of one request.
const CORRELATED_MAX: usize = 100;

/// What a search is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Summaries,
    /// Workflows with their tasks; tasks.
    Whole,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FoundJson<T> {
    total_hits: usize,
    results: Vec<T>,
}

/// `start`, `size`, `sort`, `freeText`, `query`.
pub(super) async fn search(
    form: Form,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    params: Asked,
) -> Result<Response, Error> {
    let of_page = part(&params)?;
    let query = Query::read(&params.text("query").unwrap_or_default())?;
    let sort = sort(&params.text("sort").unwrap_or_default())?;
    let page = find(&service, tenant, &asker, &query, sort, of_page).await?;
    answer(&service, form, page).await
}

/// Which part of what is found is asked for: after so many, so many. `freeText` is not looked at.
fn part(params: &Asked) -> Result<(usize, usize), Error> {
    let start = params.number("start")?.unwrap_or(0);
    let size = match params.number("size")?.unwrap_or(PAGE) {
        size if size > ASKED_MAX => {
            let message = format!("Cannot return more than {ASKED_MAX} workflows. Please use pagination.");
            return Err(refused(message));
        }
        size => size.min(PAGE_MAX),
    };
    if params.text("freeText").is_some_and(|it| it != "*") {
        return Err(refused(
            "`freeText` is not searched; it has to be *, and `query` says what is looked for",
        ));
    }
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Ok((number(start), number(size)))
}

async fn answer(service: &Service, form: Form, page: Page<Execution>) -> Result<Response, Error> {
    let total_hits = page.total;
    let seen = seen(service, page.results).await?;
    Ok(match form {
        Form::Summaries => {
            let results = seen.iter().map(|it| SummaryJson::of(&it.execution, it.named(service))).collect();
            json(&FoundJson { total_hits, results })
        }
        Form::Whole => {
            let shown = Shown { tasks: true, summarized: false };
            let results = seen.iter().map(|it| it.json(service, shown)).collect();
            json(&FoundJson { total_hits, results })
        }
    })
}

async fn seen(service: &Service, executions: Vec<Execution>) -> Result<Vec<Seen>, Error> {
    let mut all = Vec::with_capacity(executions.len());
    for execution in executions {
        all.push(Seen::of(service, execution).await?);
    }
    Ok(all)
}

/// `startTime:DESC`, one or several with commas.
fn sort(text: &str) -> Result<Vec<(ExecutionSort, bool)>, Error> {
    let one = |text: &str| {
        let (field, direction) = text.split_once(':').unwrap_or((text, "ASC"));
        let key = match field.trim() {
            "startTime" => ExecutionSort::StartDate,
            "endTime" | "updateTime" => ExecutionSort::EndDate,
            "workflowId" => ExecutionSort::Id,
            "workflowType" => ExecutionSort::FlowId,
            "status" => ExecutionSort::State,
            "executionTime" => ExecutionSort::Duration,
            other => {
                return Err(refused(format!(
                    "`sort` is by `{other}`; it has to be by startTime, endTime, workflowId, workflowType, status or executionTime"
                )));
            }
        };
        match direction.trim() {
            it if it.eq_ignore_ascii_case("asc") => Ok((key, true)),
            it if it.eq_ignore_ascii_case("desc") => Ok((key, false)),
            _ => Err(refused(format!("`sort` is `{text}`; it has to be field:ASC or field:DESC"))),
        }
    };
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(one).collect()
}

/// So many of those that fit, after so many others.
async fn find(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    query: &Query,
    sort: Vec<(ExecutionSort, bool)>,
    (start, size): (usize, usize),
) -> Result<Page<Execution>, Error> {
    let reach = asker.is_limited().then(|| asker.principal().reach.clone());
    let of_index = query.of_index(service);
    let of_index = ExecutionQuery { sort, reach: reach.clone(), ..of_index };
    if !query.has_to_read() {
        return Ok(service.search_part(tenant.name(), of_index, start, size).await?);
    }
    let candidates = if let Some(ids) = query.ids() {
        let mut named = Vec::new();
        for id in ids {
            match service.execution(tenant.name(), *id).await {
                Ok(it) if reach.as_ref().is_none_or(|reach| reach.namespace(&it.namespace)) => named.push(it),
                Ok(_) | Err(service::Error::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        named
    } else {
        let all = service.search_part(tenant.name(), of_index, 0, READ_MAX).await?;
        if all.total > READ_MAX {
            return Err(refused(format!(
                "{} workflows would have to be read for this `query`, and {READ_MAX} may be; name a workflowType, a status or a startTime as well",
                all.total
            )));
        }
        all.results
    };
    let mut fitting = seen(service, candidates).await?;
    fitting.retain(|it| query.fits(&it.execution, &it.named(service)));
    let total = fitting.len();
    let results = fitting.into_iter().skip(start).take(size).map(|it| it.execution).collect();
    Ok(Page { results, total })
}

#[derive(Deserialize)]
pub(super) struct NamePath {
    id: String,
}

/// The ids of those that run; of one version when it is given, and begun within a time.
pub(super) async fn running(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
    params: Asked,
) -> Result<Response, Error> {
    let version = params.number("version")?.map(|it| u32::try_from(it).unwrap_or(u32::MAX));
    let moment = |name| -> Result<Option<Timestamp>, Error> {
        let millis = params.number(name)?.filter(|it| *it > 0);
        Ok(millis.map(|it| Timestamp::from_millis(i64::try_from(it).unwrap_or(i64::MAX))))
    };
    let query = Query::running(&path.id, version, (moment("startTime")?, moment("endTime")?));
    let page = find(&service, tenant, &asker, &query, Vec::new(), (0, SCANNED_MAX)).await?;
    let ids: Vec<String> = page.results.iter().map(|it| it.id.to_string()).collect();
    Ok(json(&ids))
}

/// Which workflows of a correlation id are shown, and how.
struct Correlated {
    closed: bool,
    shown: Shown,
}

impl Correlated {
    fn asked(params: &Asked) -> Result<Self, Error> {
        let shown = Shown { tasks: params.flag("includeTasks", false)?, summarized: false };
        Ok(Self { closed: params.flag("includeClosed", false)?, shown })
    }

    async fn find(
        &self,
        service: &Service,
        tenant: Tenant,
        asker: &Asker,
        (name, correlation): (&str, &str),
    ) -> Result<Vec<Seen>, Error> {
        let query = Query::correlated(name, correlation, self.closed);
        let part = (0, usize::try_from(PAGE_MAX).unwrap_or(usize::MAX));
        let page = find(service, tenant, asker, &query, Vec::new(), part).await?;
        seen(service, page.results).await
    }

    /// By their correlation id.
    async fn many(
        &self,
        service: &Service,
        tenant: Tenant,
        asker: &Asker,
        (names, ids): (&[String], &[String]),
    ) -> Result<Response, Error> {
        if names.len().max(ids.len()) > CORRELATED_MAX {
            return Err(refused(format!(
                "there may be {CORRELATED_MAX} correlation ids, and names, at once"
            )));
        }
        let mut all: BTreeMap<&str, Vec<Seen>> = BTreeMap::new();
        for id in ids {
            let found = all.entry(id).or_default();
            if found.is_empty() {
                for name in names {
                    found.extend(self.find(service, tenant, asker, (name, id)).await?);
                }
            }
        }
        let shown = |it: &'_ Vec<Seen>| -> Vec<serde_json::Value> {
            let one =
                |it: &Seen| serde_json::to_value(it.json(service, self.shown)).expect("maps with text keys");
            it.iter().map(one).collect()
        };
        let all: BTreeMap<&str, Vec<serde_json::Value>> =
            all.iter().map(|(id, it)| (*id, shown(it))).collect();
        Ok(json(&all))
    }
}

#[derive(Deserialize)]
pub(super) struct CorrelatedPath {
    id: String,
    correlation: String,
}

/// `includeClosed`, `includeTasks`: false unless given.
pub(super) async fn correlated(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<CorrelatedPath>,
    params: Asked,
) -> Result<Response, Error> {
    let how = Correlated::asked(&params)?;
    let found = how.find(&service, tenant, &asker, (&path.id, &path.correlation)).await?;
    let all: Vec<WorkflowJson<'_>> = found.iter().map(|it| it.json(&service, how.shown)).collect();
    Ok(json(&all))
}

/// The body is a list of correlation ids.
pub(super) async fn correlated_of_name(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    InPath(path): InPath<NamePath>,
    params: Asked,
    request: Request,
) -> Result<Response, Error> {
    let how = Correlated::asked(&params)?;
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of correlation ids").await?;
    let ids: Vec<String> = body::json(&bytes)?;
    how.many(&service, tenant, &asker, (&[path.id], &ids)).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchBody {
    correlation_ids: Vec<String>,
    workflow_names: Vec<String>,
}

pub(super) async fn correlated_of_names(
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    params: Asked,
    request: Request,
) -> Result<Response, Error> {
    let how = Correlated::asked(&params)?;
    let bytes = body::read(request.into_body(), ORDER_BYTES_MAX, "a list of correlation ids").await?;
    let BatchBody { correlation_ids, workflow_names } = body::json(&bytes)?;
    how.many(&service, tenant, &asker, (&workflow_names, &correlation_ids)).await
}
