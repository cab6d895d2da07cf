//! Attempts that somebody has to run.

use expression::Error;
use serde_json::{Map, Value as Json};

use super::{Ready, Renderer, Site, event, input, time};
use crate::{
    conductor::{EVENT, TaskTimeoutPolicy},
    execution::{Shared, TaskRun, Wait},
    flow::{Rendered, RunnableTask, Task, WorkerTask},
    machine::{Directory, DirectoryStep, Group, Work},
    secrets::Masks,
};

/// Bytes of the type that workers poll for: it is part of a key.
const WORKER_TYPE_BYTES_MAX: usize = 255;
/// The name by which whoever runs attempts knows the opening and closing of a shared directory.
const WORKING_DIRECTORY: &str = "io.kestra.plugin.core.flow.WorkingDirectory";

pub(super) fn prepare(site: &Site<'_>, runnable: &RunnableTask) -> Result<Ready, Error> {
    let Site { task, run, renderer, .. } = *site;
    let shared = site.directory();
    let directory = shared.map(|(of, _)| Directory { of, step: DirectoryStep::Use });
    let mut properties = rendered(&runnable.properties, renderer)?;
    if runnable.type_name == EVENT {
        let sink = properties.get("sink").and_then(Json::as_str).unwrap_or_default().to_owned();
        let message = event::message(&*input::of(site)?, &sink, site);
        properties.insert("message".to_owned(), Json::Object(message));
    }
    let work = Work::Run { type_name: runnable.type_name.clone(), properties, directory };
    let ready = ready(task, run, work, renderer)?;
    placed(ready, shared.map_or(task, |(_, around)| around), renderer)
}

/// Opens the directory that tasks below share, or closes it after them.
pub(super) fn directory(
    task: &Task,
    properties: &[(String, Rendered)],
    run: &TaskRun,
    renderer: &Renderer<'_>,
) -> Result<Ready, Error> {
    let step = match run.wait {
        Some(Wait::Directory(Shared::Left)) => DirectoryStep::Close,
        _ => DirectoryStep::Open,
    };
    let properties = rendered(properties, renderer)?;
    let directory = Some(Directory { of: run.id, step });
    let work = Work::Run { type_name: WORKING_DIRECTORY.to_owned(), properties, directory };
    placed(ready(task, run, work, renderer)?, task, renderer)
}

/// Says who has to run it. `by` is its own task, or the one whose directory it shares: all in it run in one place.
fn placed(ready: Ready, by: &Task, renderer: &Renderer<'_>) -> Result<Ready, Error> {
    let group = match &by.worker_group {
        None => None,
        Some(it) => Some(Group { key: renderer.text(&it.key)?, fallback: it.fallback }),
    };
    Ok(Ready { group, types: by.runnable_types(), ..ready })
}

pub(super) fn calls(task: &Task, run: &TaskRun, splits: Option<String>) -> Ready {
    Ready {
        task_run: run.id,
        task_id: task.id.clone(),
        number: next_number(run),
        work: Work::Calls { splits },
        timeout: None,
        alert: None,
        group: None,
        types: Vec::new(),
        masks: Masks::default(),
    }
}

/// What a worker outside gets.
pub(super) fn offer(worker: &WorkerTask, site: &Site<'_>) -> Result<Ready, Error> {
    let Site { task, run, renderer, .. } = *site;
    let task_type = renderer.text(&worker.task_type)?.trim().to_owned();
    if task_type.is_empty() || task_type.len() > WORKER_TYPE_BYTES_MAX {
        let message =
            format!("the type of a worker's task has 1 to {WORKER_TYPE_BYTES_MAX} bytes, not `{task_type}`");
        return Err(super::refuse(message));
    }
    let domain = worker.domain.as_ref().map(|it| renderer.text(it)).transpose()?;
    let domain = domain.filter(|it| !it.is_empty());
    let input = match renderer.value(&worker.input)? {
        Json::Object(input) => input,
        Json::Null => Map::new(),
        _ => return Err(super::refuse("the input of a worker's task has to be a map")),
    };
    ready(task, run, Work::Offer { task_type, domain, input }, renderer)
}

fn ready(task: &Task, run: &TaskRun, work: Work, renderer: &Renderer<'_>) -> Result<Ready, Error> {
    let timeout = task.timeout.as_ref().map(|timeout| time(timeout, "timeout", renderer)).transpose()?;
    // Those of an offer are its own.
    let terms = run.terms.as_deref();
    let by_terms = terms.and_then(|it| it.timeout);
    let alerts = terms.is_some_and(|it| it.timeout_policy == TaskTimeoutPolicy::AlertOnly);
    Ok(Ready {
        task_run: run.id,
        task_id: task.id.clone(),
        number: next_number(run),
        work,
        timeout: timeout.or(by_terms.filter(|_| !alerts)),
        alert: by_terms.filter(|_| alerts),
        group: None,
        types: Vec::new(),
        masks: Masks::default(),
    })
}

fn rendered(properties: &[(String, Rendered)], renderer: &Renderer<'_>) -> Result<Map<String, Json>, Error> {
    properties.iter().map(|(name, value)| Ok((name.clone(), renderer.value(value)?))).collect()
}

pub(super) fn next_number(run: &TaskRun) -> u32 {
    u32::try_from(run.attempts.len()).unwrap_or(u32::MAX).saturating_add(1)
}
