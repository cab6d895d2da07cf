//! Steps that are written as a call: `POST /executions/{id}/pause`.

use serde_json::Value as Json;
use tests::http::Request;

use super::{Done, control};
use crate::{
    scene::{Scene, text},
    shortfall::Shortfall,
    task_run,
};

/// An id that no execution has.
const NOBODY: &str = "notfoundnotfoundnotfound";

pub(super) fn play(scene: &mut Scene<'_>, op: &str) -> Result<Done, Shortfall> {
    let id = text(&scene.execution["id"]);
    if op == "GET" {
        scene.look(&id)?;
        return Ok(Done { response: None, moving: true });
    }
    let response = if op == "same path with another execution id" {
        scene.name("id", NOBODY);
        scene.send(&file_of(scene, NOBODY, "file"))?
    } else if let Some(rest) = op.strip_prefix("GET /executions/{id}/file") {
        let what = if rest.starts_with("/metas") { "file/metas" } else { "file" };
        scene.send(&file_of(scene, &id, what))?
    } else {
        let again = if op == "POST again" { "POST /executions/resume/by-ids" } else { op };
        let Some((method, path)) = again.split_once(" /") else {
            return Err(Shortfall::Broken(format!("nothing here knows how to play the step `{op}`")));
        };
        let path = path.split_once(" [").map_or(path, |(path, _)| path);
        let path = path.replace("{id}", &id).replace("/notfound", &format!("/{NOBODY}"));
        let request = Request::new(method, &format!("/api/v1/{}", with_runs(scene, &path)?));
        let by_ids = path.ends_with("/by-ids");
        let request = if by_ids { request.json(&Json::from(scene.started.clone())) } else { request };
        scene.send(&request)?
    };
    if response.status == 200 {
        control::see(scene, &response);
        if op.ends_with("/pause") {
            // Asked for is not done yet: what runs may have to come to an end first.
            scene.reach(&id, "PAUSED")?;
        }
    }
    Ok(Done { response: Some(response), moving: false })
}

/// Replaces `<task>` by the id of its run.
fn with_runs(scene: &Scene<'_>, path: &str) -> Result<String, Shortfall> {
    let Some((before, rest)) = path.split_once('<') else {
        return Ok(path.to_owned());
    };
    let (task, after) = rest.split_once('>').unwrap_or((rest, ""));
    let run = task_run::find(&scene.execution, task).map(|run| text(&run["id"]));
    let run = run.ok_or_else(|| Shortfall::differs("task run", task, "none"))?;
    Ok(format!("{before}{run}{after}"))
}

fn file_of(scene: &Scene<'_>, id: &str, what: &str) -> Request {
    let uri = text(&scene.execution["inputs"]["file"]);
    Request::get(&format!("/api/v1/executions/{id}/{what}")).query("path", &uri)
}
