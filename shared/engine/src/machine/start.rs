//! What becomes of a task run whose turn has come.

use expression::{Error, Need};
use serde_json::{Map, Value as Json};

use super::{
    Event, Ready, Work, World,
    context::Context,
    plan::EVALUATION_RESULT,
    render::{Renderer, truthy},
};
use crate::{
    duration,
    execution::{AttemptOutcome, Ending, Execution, Level, LogLine, TaskRun},
    flow::{Executable, Flow, Flowable, FlowableKind, Messages, PureTask, RunnableTask, Task, TaskKind},
    id::TaskRunId,
};

/// What starting came to.
pub(super) enum Started {
    /// These happened; nobody is needed.
    Moved(Vec<Event>),
    /// Somebody has to run this.
    Ready(Ready),
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
    world: &World<'_>,
) -> Result<Started, Vec<Need>> {
    let run = execution.task_runs.get(task_run).expect("planned from this execution");
    let task = flow.task(&run.task_id).expect("a run is only created for a task of the flow");
    let context = Context::of_task(flow, execution, task, run, world);
    let renderer = Renderer::new(&context, world, run.id.as_u128());

    match runs(task, &renderer) {
        Ok(true) => {}
        Ok(false) => return Ok(Started::Moved(vec![Event::TaskRunSkipped { task_run }])),
        Err(error) => return failed(error).map(|message| cannot_run(task_run, message)),
    }
    match &task.kind {
        TaskKind::Flowable(flowable) => match choose(flowable, &renderer) {
            Ok(outputs) => {
                Ok(Started::Moved(vec![Event::FlowableStarted { task_run, outputs, values: Vec::new() }]))
            }
            Err(error) => failed(error).map(|message| cannot_run(task_run, message)),
        },
        TaskKind::Pure(pure) => match perform(pure, &renderer, world) {
            Ok(done) => Ok(attempted(run, done)),
            Err(error) => failed(error).map(|message| attempted(run, Done::failed(message))),
        },
        TaskKind::Executable(executable) => match call(task, executable, run, &renderer) {
            Ok(ready) => Ok(Started::Ready(ready)),
            Err(error) => failed(error).map(|message| attempted(run, Done::failed(message))),
        },
        TaskKind::Runnable(runnable) => match prepare(task, runnable, run, &renderer) {
            Ok(ready) => Ok(Started::Ready(ready)),
            Err(error) => failed(error).map(|message| attempted(run, Done::failed(message))),
        },
    }
}

/// The message of an expression that is wrong.
///
/// # Errors
/// The needs of one that is not wrong, but waits.
fn failed(error: Error) -> Result<String, Vec<Need>> {
    match error {
        Error::Failed(failure) => Ok(failure.message),
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

fn choose(flowable: &Flowable, renderer: &Renderer<'_>) -> Result<Map<String, Json>, Error> {
    let mut outputs = Map::new();
    if let FlowableKind::If { condition, .. } = &flowable.kind {
        let holds = truthy(&renderer.text(condition)?);
        outputs.insert(EVALUATION_RESULT.to_owned(), Json::Bool(holds));
    }
    Ok(outputs)
}

/// What a pure task did.
struct Done {
    lines: Vec<LogLine>,
    outcome: AttemptOutcome,
}

impl Done {
    fn failed(message: String) -> Self {
        Self { lines: Vec::new(), outcome: AttemptOutcome::failed(message) }
    }
}

/// A whole attempt at once: nobody outside can see a pure task run.
fn attempted(run: &TaskRun, done: Done) -> Started {
    let task_run = run.id;
    let number = next_number(run);
    let mut events = vec![Event::AttemptStarted { task_run, number, deadline: None }];
    if !done.lines.is_empty() {
        events.push(Event::Logged { task_run, lines: done.lines });
    }
    events.push(Event::AttemptFinished { task_run, number, outcome: done.outcome });
    Started::Moved(events)
}

fn perform(pure: &PureTask, renderer: &Renderer<'_>, world: &World<'_>) -> Result<Done, Error> {
    let line = |level, message| LogLine { timestamp: world.now, level, message };
    let mut outputs = Map::new();
    let mut lines = Vec::new();
    let mut ending = Ending::Success;
    match pure {
        PureTask::Return { format } => {
            if let Some(format) = format {
                outputs.insert("value".to_owned(), Json::String(renderer.text(format)?));
            }
        }
        PureTask::Log { message: Messages::One(message), level } => {
            lines.push(line(*level, renderer.text(message)?));
        }
        PureTask::Log { message: Messages::Many(messages), level } => {
            for message in messages {
                lines.push(line(*level, renderer.text(message)?));
            }
        }
        PureTask::Assert { .. }
        | PureTask::OutputValues { .. }
        | PureTask::Labels { .. }
        | PureTask::SetVariables { .. }
        | PureTask::UnsetVariables { .. }
        | PureTask::Exit { .. }
        | PureTask::Sleep { .. }
        | PureTask::Templated { .. } => ending = Ending::Failed { message: "not built".to_owned() },
        PureTask::Fail { condition: None, error_message } => {
            ending = Ending::Failed { message: renderer.text(error_message)? };
        }
        PureTask::Fail { condition: Some(condition), error_message } => {
            if truthy(&renderer.text(condition)?) {
                lines.push(line(Level::Error, renderer.text(error_message)?));
                ending = Ending::Failed { message: "Fail on a condition".to_owned() };
            }
        }
    }
    Ok(Done { lines, outcome: AttemptOutcome::new(ending, outputs) })
}

fn call(
    task: &Task,
    executable: &Executable,
    run: &TaskRun,
    renderer: &Renderer<'_>,
) -> Result<Ready, Error> {
    let splits = match executable {
        Executable::Subflow(_) => None,
        Executable::Items { splits, .. } => Some(renderer.text(splits)?),
    };
    Ok(Ready {
        task_run: run.id,
        task_id: task.id.clone(),
        number: next_number(run),
        work: Work::Calls { splits },
        timeout: None,
    })
}

fn prepare(
    task: &Task,
    runnable: &RunnableTask,
    run: &TaskRun,
    renderer: &Renderer<'_>,
) -> Result<Ready, Error> {
    let mut properties = Map::new();
    for (name, value) in &runnable.properties {
        properties.insert(name.clone(), renderer.value(value)?);
    }
    let timeout = match &task.timeout {
        None => None,
        Some(template) => {
            let text = renderer.text(template)?;
            let timeout = duration::parse(&text).map_err(|problem| {
                Error::Failed(expression::Failure {
                    message: format!("`timeout` is `{text}`: {problem}"),
                    span: 0..template.source().len(),
                    line: 1,
                })
            })?;
            Some(timeout)
        }
    };
    Ok(Ready {
        task_run: run.id,
        task_id: task.id.clone(),
        number: next_number(run),
        work: Work::Run { type_name: runnable.type_name.clone(), properties, directory: None },
        timeout,
    })
}

fn next_number(run: &TaskRun) -> u32 {
    u32::try_from(run.attempts.len()).unwrap_or(u32::MAX).saturating_add(1)
}
