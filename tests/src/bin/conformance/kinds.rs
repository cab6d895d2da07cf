//! How each kind of case is played.

mod api;
mod documents;
mod eval;
mod triggered;
mod webhook;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};
use tests::http::Request;

use crate::{
    case::{Case, Kind, strings},
    check::{self, Seen},
    scene::{Scene, json_of, problems},
    shortfall::{Shortfall, difference},
    steps,
    suite::Suite,
};

/// How far ahead a scheduled execution is.
const AHEAD: SignedDuration = SignedDuration::from_secs(1);

/// Plays a case.
///
/// # Errors
/// Where it falls short.
pub(crate) fn run(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    match case.kind {
        Kind::Validation => documents::validation(suite, case),
        Kind::Parse => documents::parse(suite, case),
        Kind::Graph => documents::graph(suite, case),
        Kind::Webhook => webhook::run(suite, case),
        Kind::Runner => Err(Shortfall::differs("executions that are skipped", "a list of them", "none")),
        Kind::Triggered if case.steps.is_empty() => triggered::run(suite, case),
        _ if !case.steps.is_empty() => steps::play(Scene::set(suite, case)?),
        Kind::Api => api::run(Scene::set(suite, case)?),
        Kind::Inputs | Kind::Error => inputs(Scene::set(suite, case)?),
        Kind::Run | Kind::Triggered => execution(Scene::set(suite, case)?),
    }
}

/// One execution to its end.
fn execution(mut scene: Scene<'_>) -> Result<(), Shortfall> {
    let case = scene.case;
    let times =
        case.variant.as_deref().and_then(|variant| variant.strip_prefix("run-")?.parse::<usize>().ok());
    for _ in 1..times.unwrap_or(1) {
        let id = scene.begin()?;
        scene.end(&id)?;
    }
    if case.is_variant("api-wait") {
        let request =
            crate::inputs::submitted(scene.flow.start(&[("wait", "true")]), &scene.inputs()?, case.mode);
        let answered = scene.json(&request.header("Prefer", "wait=25"))?;
        scene.see(answered);
    } else {
        let date = (Timestamp::now() + AHEAD).to_string();
        let query = [("scheduleDate", date.as_str())];
        let id = scene.begin_with(if case.is_variant("scheduled-run") { &query } else { &[] })?;
        // Those that were started for it have to end, too.
        for started in scene.started.clone() {
            scene.end(&started)?;
        }
        scene.look(&id)?;
    }
    ended(&mut scene)
}

/// Waits for what belongs to the execution that has ended, and checks all.
fn ended(scene: &mut Scene<'_>) -> Result<(), Shortfall> {
    let expect = &scene.case.expect;
    if let Some(related) = expect.get("related") {
        // What does not come is told by the check.
        let waited = scene.until("related executions", |scene| {
            let there = check::related_are_there(related, |flow| scene.listed(flow))?;
            Ok(there.then_some(()))
        });
        if let Err(other @ (Shortfall::Refused { .. } | Shortfall::Broken(_))) = waited {
            return Err(other);
        }
    }
    if let Some(states) = expect.get("executionsTerminalStates") {
        let (count, flow) = (strings(states).len(), scene.flow.id.clone());
        scene.until(&format!("{count} executions of {flow}"), |scene| {
            let all = scene.listed(&flow)?;
            Ok((all.len() >= count && all.iter().all(tests::execution::is_terminal)).then_some(()))
        })?;
    }
    last_seen(scene, expect)
}

/// Checks the execution last seen.
pub(crate) fn last_seen(scene: &Scene<'_>, expect: &Map<String, Json>) -> Result<(), Shortfall> {
    check::execution(&Seen { scene, execution: &scene.execution, moving: false }, expect)
}

/// What becomes of inputs: their values, or a refusal.
fn inputs(mut scene: Scene<'_>) -> Result<(), Shortfall> {
    let case = scene.case;
    let inputs = scene.inputs()?;
    let response = scene.send(&crate::inputs::submitted(scene.flow.start(&[]), &inputs, case.mode))?;
    if case.expect.contains_key("errorContains") || case.expect.contains_key("errorClass") {
        return refused(response.status, &problems(&response), &case.expect);
    }
    if response.status != 200 {
        return Err(Shortfall::differs("the start", "an execution", &problems(&response)));
    }
    let execution = json_of(&response)?;
    scene.see(execution);
    last_seen(&scene, &case.expect)
}

/// Checks status and message of a refusal.
pub(crate) fn refused(status: u16, message: &str, expect: &Map<String, Json>) -> Result<(), Shortfall> {
    let mut out = Vec::new();
    let wanted = expect.get("httpStatus").cloned().unwrap_or_else(|| "4xx".into());
    status_is(&wanted, status, message, &mut out);
    for part in expect.get("errorContains").map(strings).unwrap_or_default() {
        if !message.contains(&part) {
            out.push(difference("message", &part, message));
        }
    }
    if out.is_empty() { Ok(()) } else { Err(Shortfall::Differs(out)) }
}

/// Compares a status: a number, or `4xx` for a refusal.
pub(crate) fn status_is(wanted: &Json, status: u16, message: &str, out: &mut Vec<String>) {
    let holds = match wanted {
        Json::String(family) => family.chars().next() == char::from_digit(u32::from(status / 100), 10),
        other => *other == status,
    };
    if !holds {
        out.push(difference("status", &wanted.to_string(), &format!("{status} {message}")));
    }
}

/// A start of the flow with the inputs of this variant of it.
fn start_like(scene: &Scene<'_>, variant: &str, query: &[(&str, &str)]) -> Request {
    let like = scene.suite.variant(&scene.case.flow, variant);
    let inputs = like.map(|case| crate::inputs::of(scene.suite, case)).unwrap_or_default();
    crate::inputs::submitted(scene.flow.start(query), &inputs, crate::case::Mode::Form)
}
