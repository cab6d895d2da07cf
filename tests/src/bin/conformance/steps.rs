//! Scenarios: one call after the other, and what holds after each.

mod answer;
mod call;
mod control;

use serde_json::{Map, Value as Json};
use tests::{
    execution::{is_terminal, state, states, task_runs},
    http::{Request, Response},
};

use crate::{
    case::Step,
    check::{self, Seen},
    kinds::last_seen,
    scene::{Flow, LATER, Scene, text},
    shortfall::{Shortfall, difference},
};

/// What a step leaves behind.
#[derive(Debug, Default)]
struct Done {
    /// The answer, where the status is what counts.
    response: Option<Response>,
    /// Whether the execution was read after the answer, and may have moved on.
    moving: bool,
}

/// Plays the steps of a case.
///
/// # Errors
/// Where a step falls short, named by its number from 1.
pub(crate) fn play(mut scene: Scene<'_>) -> Result<(), Shortfall> {
    let case = scene.case;
    // A scenario about files begins with an execution that it does not name.
    if case.steps.iter().any(|step| step.op.contains("<inputs.file>")) {
        let id = scene.begin()?;
        scene.end(&id)?;
    }
    // What is expected of the whole is sometimes true of the first run, sometimes of the last.
    let mut whole = None;
    for (index, step) in case.steps.iter().enumerate() {
        let played = one(&mut scene, step).and_then(|done| checked(&mut scene, &done, &step.expect));
        played.map_err(|shortfall| at(index + 1, &step.op, shortfall))?;
        if whole.is_none() && step.op.starts_with("run") {
            whole = Some(last_seen(&scene, &case.expect).is_ok());
        }
    }
    if whole == Some(true) { Ok(()) } else { last_seen(&scene, &case.expect) }
}

fn at(number: usize, op: &str, shortfall: Shortfall) -> Shortfall {
    match shortfall {
        Shortfall::Differs(all) => {
            Shortfall::Differs(all.iter().map(|it| format!("step {number}, {op}: {it}")).collect())
        }
        Shortfall::Late(what) => Shortfall::Late(format!("{what} (step {number}, {op})")),
        other => other,
    }
}

fn one(scene: &mut Scene<'_>, step: &Step) -> Result<Done, Shortfall> {
    let op = step.op.as_str();
    if let Some(until) = op.strip_prefix("run") {
        return run(scene, until.trim());
    }
    if let Some(rest) = op.strip_prefix("start #") {
        let id = scene.begin()?;
        if rest.contains("RUNNING") {
            scene.reach(&id, "RUNNING")?;
        } else if let Some(wanted) = step.expect.get("state") {
            scene.reach(&id, &text(wanted))?;
        }
        return Ok(Done::default());
    }
    if op == "await listener" {
        let listener = scene.flow.id.clone();
        let execution = scene.until(&format!("executions of {listener}"), |scene| {
            Ok(scene.executions_of(&listener)?.into_iter().find(is_terminal))
        })?;
        scene.see(execution);
        return Ok(Done::default());
    }
    if op == "await both" {
        for place in 0..2 {
            let id = id_of(scene, place)?;
            scene.end(&id)?;
        }
        return Ok(Done::default());
    }
    if op.starts_with("await") || op == "observe" {
        let id = if op.ends_with("#1") { id_of(scene, 0)? } else { text(&scene.execution["id"]) };
        scene.end(&id)?;
        return Ok(Done::default());
    }
    if op.starts_with("create execution, leave in CREATED") {
        scene.begin_with(&[("scheduleDate", LATER)])?;
        return Ok(Done::default());
    }
    match control::play(scene, op)? {
        Some(done) => Ok(done),
        None => call::play(scene, op),
    }
}

/// `run`, `run twice`, `run until PAUSED`, `run two until PAUSED`, `run flow-a`.
fn run(scene: &mut Scene<'_>, how: &str) -> Result<Done, Shortfall> {
    let (times, how) = match how.strip_prefix("tw") {
        Some(rest) => (2, rest.trim_start_matches("ice").trim_start_matches('o').trim()),
        None => (1, how),
    };
    for _ in 0..times {
        if let Some(wanted) = how.strip_prefix("until ") {
            let id = scene.begin()?;
            scene.reach(&id, wanted)?;
        } else if how.is_empty() {
            let id = scene.begin()?;
            scene.end(&id)?;
        } else {
            let named = scene.case.requires.iter().find(|file| file.contains(how));
            let file = named.ok_or_else(|| Shortfall::Broken(format!("there is no flow `{how}`")))?;
            let flow = Flow::read(scene.suite, &scene.case.dir, file)?;
            let id = scene.start(&flow, &Vec::new(), &[])?;
            scene.end(&id)?;
        }
    }
    Ok(Done::default())
}

/// The id of the execution that was started at this place, from 0.
fn id_of(scene: &Scene<'_>, place: usize) -> Result<String, Shortfall> {
    let id = scene.started.get(place).cloned();
    id.ok_or_else(|| Shortfall::Broken(format!("execution #{} was never started", place + 1)))
}

/// Checks what holds after a step.
fn checked(scene: &mut Scene<'_>, done: &Done, expect: &Map<String, Json>) -> Result<(), Shortfall> {
    let mut out = Vec::new();
    let mut rest = expect.clone();
    if let Some(response) = &done.response {
        answer::check(scene, response, &mut rest, &mut out)?;
    }
    if rest.remove("taskRunIdsChange").is_some() {
        let first = scene.started.first().cloned().unwrap_or_default();
        let old = scene.json(&Request::get(&format!("/api/v1/executions/{first}")))?;
        let ids = |it: &Json| task_runs(it).iter().map(|run| text(&run["id"])).collect::<Vec<_>>();
        let (old, new) = (ids(&old), ids(&scene.execution));
        if new.iter().any(|id| old.contains(id)) {
            out.push(difference("ids of task runs", "new ones", "those of the first run"));
        }
    }
    if !out.is_empty() {
        return Err(Shortfall::Differs(out));
    }
    if let Some(unwanted) = rest.remove("stateNot") {
        wait(scene, &format!("another state than {unwanted}"), |it| text(&unwanted) != state(it))?;
    }
    let histories = rest.get("histories").and_then(Json::as_u64).unwrap_or_default();
    if done.moving && histories > 0 {
        wait(scene, &format!("{histories} states"), |it| states(it).len() as u64 >= histories)?;
    }
    for place in [1, 2] {
        if let Some(Json::Object(wanted)) = rest.remove(&format!("#{place}")) {
            let id = id_of(scene, place - 1)?;
            scene.look(&id)?;
            last_seen(scene, &wanted)?;
        }
    }
    if rest.is_empty() {
        return Ok(());
    }
    check::execution(&Seen { scene, execution: &scene.execution, moving: done.moving }, &rest)
}

/// Waits until the execution last seen is as it should be.
fn wait(scene: &mut Scene<'_>, what: &str, holds: impl Fn(&Json) -> bool) -> Result<(), Shortfall> {
    let id = text(&scene.execution["id"]);
    scene.until(what, |scene| {
        scene.look(&id)?;
        Ok(holds(&scene.execution).then_some(()))
    })
}
