//! Steps in the words of whoever operates an execution: restart, replay, resume.

use serde_json::json;
use tests::{
    http::{Request, Response},
    multipart::Form,
};

use super::Done;
use crate::{
    kinds::status_is,
    scene::{Scene, json_of, problems, text},
    shortfall::Shortfall,
    task_run,
};

/// Plays such a step; `None` when it is none.
pub(super) fn play(scene: &mut Scene<'_>, op: &str) -> Result<Option<Done>, Shortfall> {
    let id = text(&scene.execution["id"]);
    let path = |action: &str| format!("/api/v1/executions/{id}/{action}");
    let (name, argument) = op.split_once('(').unwrap_or((op, ""));
    let (name, argument) = (name.trim_end(), argument.trim_end_matches(')'));
    let done = match name {
        "restart" => {
            let request = Request::post(&path("restart"));
            let revision = argument.strip_prefix("revision=");
            shown(scene, &revision.map_or(request.clone(), |it| request.query("revision", it)))?
        }
        "replay" => {
            let request = Request::post(&path("replay"));
            if argument == "taskRunId=null" {
                shown(scene, &request)?
            } else {
                let run = named_run(scene, argument)?;
                shown(scene, &request.query("taskRunId", &run))?
            }
        }
        "markAs" => {
            let (task, state) = argument.split_once(", ").unwrap_or((argument, "RUNNING"));
            let body = json!({"taskRunId": named_run(scene, task)?, "state": state});
            shown(scene, &Request::post(&path("state")).json(&body))?
        }
        "resume" if argument == "KILLING" => moved(scene, &Request::delete(&path("kill")))?,
        "resume" | "resume with nothing" => moved(scene, &Request::post(&path("resume")))?,
        "resume again on the result" | "resume with no inputs" => {
            let response = scene.send(&Request::post(&path("resume")))?;
            Done { response: Some(response), moving: true }
        }
        "resume multipart asked=restarted, file part" => {
            let form = Form::new().text("asked", "restarted").file("files", "data", b"hello");
            moved(scene, &Request::post(&path("resume")).form(form))?
        }
        "update flow" => {
            let flow = scene.flow.clone();
            let source = flow.source.replacen("{{ task.id }}", "changed {{ task.id }}", 1);
            let path = format!("/api/v1/flows/{}/{}", flow.namespace, flow.id);
            scene.taken(&Request::put(&path).yaml(&source))?;
            Done::default()
        }
        "delete" => {
            let request = Request::delete(&format!("/api/v1/executions/{id}"));
            scene.taken(
                &["deleteLogs", "deleteMetrics", "deleteStorage"]
                    .iter()
                    .fold(request, |it, flag| it.query(flag, "true")),
            )?;
            let response = scene.send(&Request::get(&format!("/api/v1/executions/{id}")))?;
            Done { response: Some(response), moving: false }
        }
        _ => return Ok(None),
    };
    Ok(Some(done))
}

/// A call that answers with the execution, which is then the one last seen.
fn shown(scene: &mut Scene<'_>, request: &Request) -> Result<Done, Shortfall> {
    let response = scene.taken(request)?;
    see(scene, &response);
    Ok(Done { response: Some(response), moving: false })
}

/// A call that moves the execution and answers nothing.
fn moved(scene: &mut Scene<'_>, request: &Request) -> Result<Done, Shortfall> {
    let id = text(&scene.execution["id"]);
    let response = scene.taken(request)?;
    let mut out = Vec::new();
    status_is(&"2xx".into(), response.status, &problems(&response), &mut out);
    scene.look(&id)?;
    if out.is_empty() {
        Ok(Done { response: Some(response), moving: true })
    } else {
        Err(Shortfall::Differs(out))
    }
}

/// Takes an answer that shows an execution for the one last seen.
pub(super) fn see(scene: &mut Scene<'_>, response: &Response) {
    if let Some(execution) =
        json_of(response).ok().filter(|it| it["id"].is_string() && it["state"].is_object())
    {
        scene.see(execution);
    }
}

/// The id of the run that a step names: `taskRunList[1].id`, `task`, `task[value]`.
fn named_run(scene: &Scene<'_>, named: &str) -> Result<String, Shortfall> {
    let place = named.strip_prefix("taskRunList[").and_then(|rest| rest.strip_suffix("].id"));
    let key = place.map_or_else(|| named.to_owned(), |place| format!("#{place}"));
    let run = task_run::find(&scene.execution, &key);
    run.map(|run| text(&run["id"])).ok_or_else(|| Shortfall::differs("task run", &key, "none"))
}
