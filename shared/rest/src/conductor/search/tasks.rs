//! Tasks that are looked for, and workflows by their tasks.
//!
//! No index knows tasks: those of at most [`READ_MAX`] workflows are read, and a query that would need more is refused.

use std::cmp::Reverse;

use axum::{extract::State, response::Response};
use engine::execution::Execution;
use service::{Page, Service};

use super::{Form, FoundJson, READ_MAX, Seen, answer, find, part, seen};
use crate::{
    access::Asker,
    conductor::{
        asked::Asked,
        error::refused,
        query::tasks::TaskQuery,
        wire::{
            task::{self, TaskJson},
            task_summary::TaskSummaryJson,
        },
    },
    error::Error,
    tenant::Tenant,
    wire::json,
};

/// `start`, `size`, `sort`, `freeText`, `query`, as of a search for workflows. Answers summaries, or whole tasks.
pub(in super::super) async fn search(
    form: Form,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    params: Asked,
) -> Result<Response, Error> {
    let (start, size) = part(&params)?;
    let query = TaskQuery::read(&params.text("query").unwrap_or_default())?;
    let workflows = candidates(&service, tenant, &asker, &query).await?;
    let mut found: Vec<TaskJson<'_>> =
        workflows.iter().flat_map(|it| fitting(&service, &query, it)).collect();
    sort(&mut found, &params.text("sort").unwrap_or_default())?;
    let total_hits = found.len();
    let found = found.into_iter().skip(start).take(size);
    Ok(match form {
        Form::Summaries => {
            let results = found.map(|it| TaskSummaryJson::of(&it)).collect();
            json(&FoundJson { total_hits, results })
        }
        Form::Whole => json(&FoundJson { total_hits, results: found.collect() }),
    })
}

/// Workflows of which a task fits.
pub(in super::super) async fn workflows(
    form: Form,
    State(service): State<Service>,
    tenant: Tenant,
    asker: Asker,
    params: Asked,
) -> Result<Response, Error> {
    let (start, size) = part(&params)?;
    let query = TaskQuery::read(&params.text("query").unwrap_or_default())?;
    let mut workflows = candidates(&service, tenant, &asker, &query).await?;
    workflows.retain(|it| !fitting(&service, &query, it).is_empty());
    let total = workflows.len();
    let results: Vec<Execution> =
        workflows.into_iter().skip(start).take(size).map(|it| it.execution).collect();
    answer(&service, form, Page { results, total }).await
}

async fn candidates(
    service: &Service,
    tenant: Tenant,
    asker: &Asker,
    query: &TaskQuery,
) -> Result<Vec<Seen>, Error> {
    let page = find(service, tenant, asker, &query.workflows, Vec::new(), (0, READ_MAX)).await?;
    if page.total > READ_MAX {
        return Err(refused(format!(
            "the tasks of {} workflows would have to be read for this `query`, and those of {READ_MAX} may be; name a workflowType, a correlationId or a workflowId as well",
            page.total
        )));
    }
    seen(service, page.results).await
}

fn fitting<'s>(service: &Service, query: &TaskQuery, seen: &'s Seen) -> Vec<TaskJson<'s>> {
    let mut tasks = task::named(&seen.execution, seen.flow(), &seen.named(service));
    tasks.retain(|it| query.fits(it));
    tasks
}

/// By one field; as they are found otherwise.
fn sort(tasks: &mut [TaskJson<'_>], text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let (field, direction) = text.split_once(':').unwrap_or((text, "ASC"));
    let key: fn(&TaskJson<'_>) -> i64 = match field.trim() {
        "scheduledTime" => |it| it.scheduled_time,
        "startTime" => |it| it.start_time,
        "updateTime" => |it| it.update_time,
        "endTime" => |it| it.end_time,
        other => {
            return Err(refused(format!(
                "`sort` is by `{other}`; tasks are sorted by scheduledTime, startTime, updateTime or endTime"
            )));
        }
    };
    match direction.trim() {
        it if it.eq_ignore_ascii_case("asc") => tasks.sort_by_key(key),
        it if it.eq_ignore_ascii_case("desc") => tasks.sort_by_key(|it| Reverse(key(it))),
        _ => return Err(refused(format!("`sort` is `{text}`; it has to be field:ASC or field:DESC"))),
    }
    Ok(())
}
