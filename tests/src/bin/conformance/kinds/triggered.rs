//! A flow that is started by what happens elsewhere.

use tests::{execution::is_terminal, http::Request};

use crate::{
    case::Case,
    check::{self, Seen},
    scene::{Flow, Scene},
    shortfall::Shortfall,
    suite::Suite,
};

/// A listener that is fired by the same executions as [`NEVER`], and can be.
const PROBE: &str = "trigger-flow-listener-no-inputs.yaml";
/// A listener whose inputs cannot be rendered.
const NEVER: &str = "trigger-flow-listener-invalid.yaml";
/// What a polling trigger asks, which is not there in a test.
const POLLED: &str = "https://api.chucknorris.io/jokes/random";

pub(super) fn run(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    let mut scene = Scene::new(suite, case)?;
    let upstream: Vec<Flow> = case.requires.iter().map(|file| scene.load(file)).collect::<Result<_, _>>()?;
    let probe = if case.flow == NEVER { Some(scene.load(PROBE)?) } else { None };
    let polled = scene.flow.source.replace(POLLED, &format!("{}/ping", scene.base()));
    let listener = Flow { source: polled, ..scene.flow.clone() };
    scene.create(&listener, &case.flow)?;
    for flow in &upstream {
        let id = scene.start(flow, &Vec::new(), &[])?;
        scene.name(&format!("{} execution id", flow.id), id.as_str());
        scene.until(&format!("the end of {}", flow.id), |scene| {
            scene.look(&id)?;
            if scene.execution["state"]["current"] == "PAUSED" {
                // It goes on by itself, or when it is told to.
                scene.send(&Request::post(&format!("/api/v1/executions/{id}/resume")))?;
            }
            Ok(is_terminal(&scene.execution).then_some(()))
        })?;
    }
    let awaited = probe.as_ref().map_or(&listener.id, |probe| &probe.id).clone();
    scene.until(&format!("executions of {awaited}"), |scene| {
        let all = scene.listed(&awaited)?;
        Ok((!all.is_empty() && all.iter().all(is_terminal)).then_some(()))
    })?;
    if probe.is_some() {
        let answer = scene.executions_of(&listener.id)?.len();
        return if answer == 0 {
            Ok(())
        } else {
            Err(Shortfall::differs("executions", "none", &answer.to_string()))
        };
    }
    for execution in &scene.executions_of(&awaited)? {
        check::execution(&Seen { scene: &scene, execution, moving: false }, &case.expect)?;
    }
    Ok(())
}
