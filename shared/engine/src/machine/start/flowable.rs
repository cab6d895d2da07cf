//! Flowable tasks choose their way.

use expression::{Error, Need};
use serde_json::{Map, Value as Json};

use super::{Claimed, Renderer, Site, failed, looped, refuse, scripted, time};
use crate::{
    execution::{Execution, Level, LogLine, State, TaskRun, Wait},
    flow::{Flow, Flowable, FlowableKind, LoopUntil, Pause, Rendered, Task, TaskKind},
    id::TaskRunId,
    machine::{
        Event, World,
        context::Context,
        plan::{EVALUATION_RESULT, SWITCH_DEFAULTS, SWITCH_VALUE, TEMPLATE_ARGS},
        render::truthy,
    },
};

/// Values one `ForEach` may have.
const VALUES_MAX: usize = 100_000;
/// The output of a loop that counts its rounds, from 1.
const ITERATION_COUNT: &str = "iterationCount";

/// What happens when a flowable run begins.
pub(super) fn choose(site: &Site<'_>, flowable: &Flowable) -> Result<Vec<Event>, Error> {
    let Site { task, run, renderer, world, .. } = *site;
    let task_run = run.id;
    let mut outputs = Map::new();
    let mut values = Vec::new();
    let mut then = Vec::new();
    match &flowable.kind {
        FlowableKind::Sequential { .. }
        | FlowableKind::AllowFailure { .. }
        | FlowableKind::Parallel { .. }
        | FlowableKind::Dag { .. }
        | FlowableKind::WorkingDirectory { .. }
        | FlowableKind::ForEachItem { .. }
        | FlowableKind::Fork { .. } => {}
        FlowableKind::Decision(it) => outputs = scripted::decide(it, site)?,
        FlowableKind::DoWhile(it) => outputs = looped::begin(it, site)?,
        FlowableKind::If { condition, .. } => {
            outputs.insert(EVALUATION_RESULT.to_owned(), Json::Bool(truthy(&renderer.text(condition)?)));
        }
        FlowableKind::Switch { value, cases, .. } => {
            let value = renderer.text(value)?;
            let by_default = cases.iter().all(|(case, _)| *case != value);
            outputs.insert(SWITCH_VALUE.to_owned(), Json::String(value));
            outputs.insert(SWITCH_DEFAULTS.to_owned(), Json::Bool(by_default));
        }
        FlowableKind::ForEach(it) => values = elements(&it.values, renderer)?,
        FlowableKind::LoopUntil(_) => {
            outputs.insert(ITERATION_COUNT.to_owned(), Json::from(1));
        }
        FlowableKind::Template(it) => {
            if let Err(why) = &it.tasks {
                return Err(refuse(why));
            }
            if let Some(args) = &it.args {
                outputs.insert(TEMPLATE_ARGS.to_owned(), renderer.value(args)?);
            }
        }
        FlowableKind::Pause(it) => {
            then.push(Event::TaskRunPaused { task_run, wait: pause(task, it, renderer, world)? });
        }
    }
    then.insert(0, Event::FlowableStarted { task_run, outputs, values });
    Ok(then)
}

fn pause(task: &Task, pause: &Pause, renderer: &Renderer<'_>, world: &World<'_>) -> Result<Wait, Error> {
    let moment = |template: &Option<expression::Template>, name| {
        let duration = template.as_ref().map(|template| time(template, name, renderer)).transpose()?;
        Ok::<_, Error>(duration.map(|duration| world.now.plus(duration)))
    };
    Ok(Wait::Resume { delay: moment(&pause.delay, "delay")?, timeout: moment(&task.timeout, "timeout")? })
}

/// The elements of a `ForEach`, each once, as texts. Kestra: what is no text is written as JSON.
fn elements(values: &Rendered, renderer: &Renderer<'_>) -> Result<Vec<String>, Error> {
    let list = match values {
        Rendered::Template(template) => {
            let text = renderer.text(template)?;
            parsed(&text)?
        }
        Rendered::Literal(Json::String(text)) => parsed(text)?,
        Rendered::Literal(_) | Rendered::Typed(_) | Rendered::List(_) | Rendered::Map(_) => {
            match renderer.value(values)? {
                Json::Array(items) => items,
                other => return Err(refuse(format!("Unknown value type: {}", class(&other)))),
            }
        }
    };
    if list.len() > VALUES_MAX {
        return Err(refuse(format!("{} values are over the limit of {VALUES_MAX}", list.len())));
    }
    let nulls = list.iter().filter(|it| it.is_null()).count();
    if nulls > 0 {
        let shown = Json::Array(list);
        return Err(refuse(format!("Found '{nulls}' null values on Each, with values={shown}")));
    }
    let mut seen = std::collections::HashSet::new();
    let texts = list.into_iter().map(|element| match element {
        Json::String(text) => text,
        other => other.to_string(),
    });
    Ok(texts.filter(|text| seen.insert(text.clone())).collect())
}

fn parsed(text: &str) -> Result<Vec<Json>, Error> {
    match serde_json::from_str(text) {
        Ok(Json::Array(items)) => Ok(items),
        Ok(other) => Err(refuse(format!("the values are {}, a list is expected: {text}", class(&other)))),
        Err(_) => Err(refuse(format!("the values are no list in JSON: {text}"))),
    }
}

fn class(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a map",
    }
}

/// Whether a loop whose tasks all succeeded goes round again.
///
/// # Errors
/// What its condition needs from outside.
pub(in crate::machine) fn judge(
    flow: &Flow,
    execution: &Execution,
    task_run: TaskRunId,
    world: &World<'_>,
) -> Result<Vec<Event>, Vec<Need>> {
    let run = execution.task_runs.get(task_run).expect("planned from this execution");
    let task = flow.task(&run.task_id).expect("a run is only created for a task of the flow");
    let context = Context::of_task(flow, execution, task, run, world);
    let renderer = Renderer::new(&context, world, run.id.as_u128());
    let it = match &task.kind {
        TaskKind::Flowable(Flowable { kind: FlowableKind::LoopUntil(it), .. }) => it,
        TaskKind::Flowable(Flowable { kind: FlowableKind::DoWhile(it), .. }) => {
            let claimed = &Claimed::default();
            let site = Site { flow, execution, task, run, renderer: &renderer, world, claimed };
            return looped::judge(it, &site);
        }
        _ => unreachable!("only loops are judged"),
    };
    let ended = |state, outputs| Event::FlowableEnded { task_run, state: task.allowed(state), outputs };
    match renderer.text(&it.condition) {
        Ok(text) if truthy(&text) => Ok(vec![ended(State::Success, Map::new())]),
        Ok(_) => Ok(match exhausted(it, run, world) {
            None => {
                // Also when the clock is behind that of whoever began the round.
                let at = world.now.max(run.state.last().date).plus(it.interval);
                vec![Event::TaskRunPaused { task_run, wait: Wait::Round { at } }]
            }
            Some(message) => {
                let line = LogLine { timestamp: world.now, level: Level::Warn, message: message.to_owned() };
                let state = if it.fail_on_max_reached { State::Failed } else { State::Success };
                vec![Event::Logged { task_run, lines: vec![line] }, ended(state, Map::new())]
            }
        }),
        Err(error) => failed(error).map(|message| {
            let line = LogLine { timestamp: world.now, level: Level::Error, message };
            vec![Event::Logged { task_run, lines: vec![line] }, ended(State::Failed, Map::new())]
        }),
    }
}

/// Why there is no other round. Kestra's words.
fn exhausted(it: &LoopUntil, run: &TaskRun, world: &World<'_>) -> Option<&'static str> {
    if run.iteration.unwrap_or(1) >= it.iterations_max {
        Some("Max iterations reached")
    } else if world.now >= run.state.first().date.plus(it.duration_max) {
        Some("Max duration reached")
    } else {
        None
    }
}

/// The next round, and the outputs with which it begins.
pub(in crate::machine) fn next_round(run: &TaskRun) -> (u32, Map<String, Json>) {
    let count = run.iteration.unwrap_or(1).saturating_add(1);
    (count, [(ITERATION_COUNT.to_owned(), Json::from(count))].into_iter().collect())
}
