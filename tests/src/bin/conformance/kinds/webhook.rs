//! Calls of a webhook.

use serde_json::{Map, Value as Json};
use tests::http::Request;

use super::{refused, status_is};
use crate::{
    case::Case,
    check::{self, Seen},
    scene::{Scene, json_of, problems, text},
    shortfall::Shortfall,
    suite::Suite,
};

/// What all paths start with.
const PREFIX: &str = "/api/v1/executions/webhook";

pub(super) fn run(suite: &Suite, case: &Case) -> Result<(), Shortfall> {
    let mut scene = Scene::set(suite, case)?;
    let Some(asked) = case.expect.get("request") else {
        for method in ["POST", "PUT", "GET"] {
            let response =
                scene.send(&Request::new(method, &format!("{PREFIX}/not-found/webhook/not-found")))?;
            refused(response.status, &problems(&response), &case.expect)?;
        }
        return Ok(());
    };
    let path = match asked["path"].as_str() {
        Some(path) => path.replace("...", &format!("{PREFIX}/{}", scene.flow.namespace)),
        None => format!("{PREFIX}/{}/{}/{}", scene.flow.namespace, scene.flow.id, key(&scene.flow.source)),
    };
    let request = Request::new(asked["method"].as_str().unwrap_or("POST"), &path);
    let request = match asked.get("body") {
        None => request,
        Some(Json::String(body)) => {
            scene.name("identical text", body.as_str());
            request.body("text/plain", body.as_str())
        }
        Some(json) => request.json(json),
    };
    let response = scene.send(&request)?;
    let mut out = Vec::new();
    let wanted = case.expect.get("httpStatus").cloned().unwrap_or_else(|| 200.into());
    status_is(&wanted, response.status, &problems(&response), &mut out);
    if !out.is_empty() {
        return Err(Shortfall::Differs(out));
    }
    if response.body.is_empty() {
        return Ok(());
    }
    if case.expect.get("body").is_some_and(Json::is_null) {
        return Err(Shortfall::differs("body", "none", &response.text()));
    }
    let execution = json_of(&response)?;
    scene.see(execution);
    // The answer shows what was called, the end what came of it.
    let outcome = ["state", "taskRuns"];
    let (at_end, at_once): (Map<_, _>, Map<_, _>) =
        case.expect.clone().into_iter().partition(|(name, _)| outcome.contains(&name.as_str()));
    check::execution(&Seen { scene: &scene, execution: &scene.execution, moving: false }, &at_once)?;
    let id = text(&scene.execution["id"]);
    scene.end(&id)?;
    check::execution(&Seen { scene: &scene, execution: &scene.execution, moving: false }, &at_end)
}

/// The key in the source.
fn key(source: &str) -> &str {
    let line = source.lines().find_map(|line| line.trim().strip_prefix("key:"));
    line.unwrap_or_default().trim().trim_matches(['"', '\''])
}
