//! What becomes of a task run whose turn has come.

mod attempt;
mod effect;
mod event;
mod flowable;
mod growth;
mod input;
mod jq;
mod looped;
mod pure;
mod scripted;
mod system;
mod terms;
mod timer;

use expression::{Error, Failure, Need};
use serde_json::{Map, Value as Json};

use super::{
    Event, Ready, World,
    context::Context,
    render::{Renderer, truthy},
};
use crate::{
    duration,
    execution::{Ending, Execution, TaskRun},
    flow::{self, Executable, Flow, FlowableKind, PureTask, Task, TaskKind},
    id::TaskRunId,
    secrets::Masks,
};

pub(super) use flowable::{judge, next_round};
pub(super) use growth::Claimed;
pub(super) use looped::ITERATION;

/// What starting came to.
pub(super) enum Started {
    /// These happened; nobody is needed.
    Moved(Vec<Event>),
    /// Somebody has to run this.
    Ready(Box<Ready>),
}

impl Started {
    /// Keeps secrets out of what is logged and put out.
    fn mask(&mut self, masks: impl FnOnce() -> Masks) {
        let events = match self {
            Self::Ready(ready) => {
                ready.masks = masks();
                return;
            }
            Self::Moved(events) => events,
        };
        if !events.iter_mut().any(|event| !messages(event).is_empty() || outputs(event).is_some()) {
            return;
        }
        let masks = masks();
        for event in events {
            for message in messages(event) {
                masks.mask(message);
            }
            if let Some(outputs) = outputs(event) {
                masks.mask_outputs(outputs);
            }
        }
    }
}

/// What an event of a start puts out.
fn outputs(event: &mut Event) -> Option<&mut Map<String, Json>> {
    match event {
        Event::AttemptFinished { outcome, .. } if !outcome.outputs.is_empty() => Some(&mut outcome.outputs),
        Event::InputResolved { input, .. } => Some(input),
        _ => None,
    }
}

/// What an event of a start logs.
fn messages(event: &mut Event) -> Vec<&mut String> {
    if let Event::Logged { lines, .. } = event {
        return lines.iter_mut().map(|line| &mut line.message).collect();
    }
    if let Event::TaskRunFailed { message, .. } = event {
        return vec![message];
    }
    if let Event::AttemptFinished { outcome, .. } = event
        && let Ending::Failed { message } | Ending::TimedOut { message } = &mut outcome.ending
    {
        return vec![message];
    }
    Vec::new()
}

/// Starts a task run: decides `runIf`, lets a flowable choose, runs a pure task, makes an attempt ready.
///
/// A failing expression of `runIf` or of a flowable fails the task run itself; one of any other task fails an
/// attempt of it, as in Kestra, where a worker renders.
///
/// # Errors
/// What its expressions need from outside. Nothing has happened then.
pub(super) fn start(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    (world, claimed): (&World<'_>, &Claimed),
) -> Result<Started, Vec<Need>> {
    let run = execution.task_runs.get(task_run).expect("planned from this execution");
    let task = flow.task(&run.task_id).expect("a run is only created for a task of the flow");
    let context = Context::of_task(flow, execution, task, run, world);
    let renderer = Renderer::new(&context, world, run.id.as_u128());
    let mut started = start_in(&Site { flow, execution, task, run, renderer: &renderer, world, claimed })?;
    started.mask(|| context.masks());
    Ok(started)
}

fn start_in(site: &Site<'_>) -> Result<Started, Vec<Need>> {
    let Site { task, run, renderer, world, .. } = *site;
    let task_run = run.id;
    let begun_before = !run.attempts.is_empty() || run.state.current() == crate::execution::State::Running;
    if !begun_before {
        if site.execution.course.skip(&run.task_id).is_some() {
            return Ok(Started::Moved(vec![Event::TaskRunSkipped { task_run }]));
        }
        match runs(task, renderer) {
            Ok(true) => {}
            Ok(false) => return Ok(Started::Moved(vec![Event::TaskRunSkipped { task_run }])),
            Err(error) => return failed(error).map(|message| cannot_run(task_run, message)),
        }
    }
    if let (Some(workflow), None) = (&task.workflow, &run.input) {
        // Whoever is tried again has its terms, and resolves its input anew.
        let asks = run.terms.is_none() && terms::count_from_the_start(task, workflow);
        let terms = if asks { terms::of(workflow, world)? } else { None };
        let resolved = input::resolve(&workflow.input, renderer);
        return match resolved.and_then(|input| growth::shaping(workflow, input, site)) {
            Ok(input) => {
                let known = terms.map(|terms| Event::TermsKnown { task_run, terms });
                Ok(Started::Moved(
                    known.into_iter().chain([Event::InputResolved { task_run, input }]).collect(),
                ))
            }
            Err(error) => failed(error).map(|message| cannot_run(task_run, message)),
        };
    }
    // What a task has become was not known when its input was resolved.
    if let (Some(workflow), None) = (&task.workflow, &run.terms)
        && workflow.growth.is_some()
        && !begun_before
        && terms::count_from_the_start(task, workflow)
        && let Some(terms) = terms::of(workflow, world)?
    {
        return Ok(Started::Moved(vec![Event::TermsKnown { task_run, terms }]));
    }
    let mut started = begin(site, &task.kind)?;
    // What is done at once asks what is defined for it when that matters, which is seldom.
    if let (Some(workflow), None, Started::Moved(events)) = (&task.workflow, &run.terms, &mut started)
        && terms::count_after_a_failure(task)
        && events.iter().any(has_failed)
        && let Some(terms) = terms::of(workflow, world)?
    {
        events.insert(0, Event::TermsKnown { task_run, terms });
    }
    Ok(started)
}

fn has_failed(event: &Event) -> bool {
    matches!(event, Event::AttemptFinished { outcome, .. } if matches!(outcome.ending, Ending::Failed { .. }))
}

/// Where something starts.
#[derive(Clone, Copy)]
struct Site<'s> {
    flow: &'s Flow,
    execution: &'s Execution,
    task: &'s Task,
    run: &'s TaskRun,
    renderer: &'s Renderer<'s>,
    world: &'s World<'s>,
    claimed: &'s Claimed,
}

impl Site<'_> {
    /// The run whose directory the task shares, and its task.
    fn directory(&self) -> Option<(TaskRunId, &Task)> {
        let parent = self.execution.task_runs.get(self.run.parent?)?;
        let task = self.flow.task(&parent.task_id)?;
        task.has_directory().then_some((parent.id, task))
    }

    fn has_variable(&self, name: &str) -> bool {
        self.execution.variables.contains_key(name) || self.flow.variables.contains_key(name)
    }
}

fn begin(site: &Site<'_>, kind: &TaskKind) -> Result<Started, Vec<Need>> {
    let Site { task, run, renderer, world, .. } = *site;
    let task_run = run.id;
    match kind {
        TaskKind::Flowable(it) => match &it.kind {
            FlowableKind::WorkingDirectory { properties, .. } => {
                match attempt::directory(task, properties, run, renderer) {
                    Ok(ready) => Ok(Started::Ready(Box::new(ready))),
                    Err(error) => failed(error).map(|message| cannot_run(task_run, message)),
                }
            }
            _ => match flowable::choose(site, it) {
                Ok(events) => Ok(Started::Moved(events)),
                Err(error) => failed(error).map(|message| cannot_run(task_run, message)),
            },
        },
        TaskKind::Pure(PureTask::Templated { spec }) => match templated(spec, renderer, world) {
            Ok(inner) => begin(site, &inner.kind),
            Err(error) => failed(error).map(|message| pure::broke(run, message)),
        },
        TaskKind::Pure(pure) => match pure::perform(pure, site) {
            Ok(events) => Ok(Started::Moved(events)),
            Err(error) => failed(error).map(|message| pure::broke(run, message)),
        },
        TaskKind::Runnable(runnable) => match attempt::prepare(site, runnable) {
            Ok(ready) => Ok(Started::Ready(Box::new(ready))),
            Err(error) => failed(error).map(|message| pure::broke(run, message)),
        },
        TaskKind::Worker(worker) => match attempt::offer(worker, site) {
            Ok(ready) => Ok(Started::Ready(Box::new(ready))),
            Err(error) => failed(error).map(|message| pure::broke(run, message)),
        },
        TaskKind::Executable(executable) => {
            let splits = match executable {
                Executable::Subflow(_) => Ok(None),
                Executable::Items { splits, .. } => renderer.text(splits).map(Some),
            };
            match splits {
                Ok(splits) => Ok(Started::Ready(Box::new(attempt::calls(task, run, splits)))),
                Err(error) => failed(error).map(|message| pure::broke(run, message)),
            }
        }
    }
}

/// The message of an expression that is wrong.
///
/// # Errors
/// The needs of one that is not wrong, but waits.
fn failed(error: Error) -> Result<String, Vec<Need>> {
    match error {
        Error::Failed(failure) => Ok(failure.explained()),
        Error::Needs(needs) => Err(needs),
    }
}

fn cannot_run(task_run: TaskRunId, message: String) -> Started {
    Started::Moved(vec![Event::TaskRunFailed { task_run, message }])
}

fn runs(task: &Task, renderer: &Renderer<'_>) -> Result<bool, Error> {
    match &task.run_if {
        Some(condition) => renderer.text(condition).map(|text| truthy(&text)),
        None => Ok(true),
    }
}

/// The task that a templated one renders to.
fn templated(
    spec: &expression::Template,
    renderer: &Renderer<'_>,
    world: &World<'_>,
) -> Result<Box<Task>, Error> {
    let text = renderer.text(spec)?;
    let task = flow::parse_task(&text, world.catalogue)
        .map_err(|invalid| wrong(spec, format!("the rendered `spec` is no task: {invalid}")))?;
    match &task.kind {
        TaskKind::Pure(PureTask::Templated { .. })
        | TaskKind::Flowable(_)
        | TaskKind::Executable(_)
        | TaskKind::Worker(_) => {
            let message =
                format!("the rendered `spec` is a `{}`, which cannot be run in its place", task.type_name);
            Err(wrong(spec, message))
        }
        TaskKind::Pure(_) | TaskKind::Runnable(_) => Ok(Box::new(task)),
    }
}

/// Renders a duration.
fn time(
    template: &expression::Template,
    name: &str,
    renderer: &Renderer<'_>,
) -> Result<std::time::Duration, Error> {
    let text = renderer.text(template)?;
    duration::parse(&text).map_err(|problem| wrong(template, format!("`{name}` is `{text}`: {problem}")))
}

fn wrong(template: &expression::Template, message: String) -> Error {
    Error::Failed(Failure { property: template.property().map(Into::into), ..Failure::new(message) })
}

/// A property that is wrong in itself.
fn refuse(message: impl Into<String>) -> Error {
    Error::Failed(Failure::new(message))
}
