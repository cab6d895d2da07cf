//! Answers of the API to one call.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use tests::{
    execution::state,
    http::{Request, Response},
    multipart::Form,
};

use super::{eval, last_seen, refused, start_like, status_is};
use crate::{
    check::Seen,
    matcher::compare,
    scene::{LATER, Scene, json_of, problems, text},
    shortfall::{Shortfall, difference},
};

/// A label's value with everything a query has to escape.
const URL: &str = "https://some-url.com/?a=b&c=d e";

pub(super) fn run(mut scene: Scene<'_>) -> Result<(), Shortfall> {
    let case = scene.case;
    let expect = &case.expect;
    match case.variant.as_deref().unwrap_or_default() {
        "api-create" if case.flow == "minimal.yaml" => {
            let response = scene.send(&scene.flow.start(&[]).form(Form::new()))?;
            created(&mut scene, &response)
        }
        "api-create" => {
            scene.name("decoded url", URL);
            let labels = format!("url:{URL}");
            let query = [("labels", "a:label-1"), ("labels", "b:label-2"), ("labels", labels.as_str())];
            let response = scene.send(&start_like(&scene, "api-create", &query))?;
            created(&mut scene, &response)
        }
        "api-scheduleDate" => {
            let response = scene.send(&scene.flow.start(&[("scheduleDate", LATER)]))?;
            let answer = json_of(&response)?["scheduleDate"].clone();
            let same = text(&answer).parse::<Timestamp>().ok() == LATER.parse().ok();
            if same { Ok(()) } else { Err(Shortfall::differs("scheduleDate", LATER, &answer.to_string())) }
        }
        "api-system-label" => {
            let response = scene.send(&scene.flow.start(&[("labels", "system.label:system")]))?;
            refused(response.status, &problems(&response), expect)
        }
        "api-system-label-update" => {
            let id = scene.begin()?;
            scene.end(&id)?;
            let labels = json!([{"key": "system.label", "value": "value"}]);
            let response =
                scene.send(&Request::post(&format!("/api/v1/executions/{id}/labels")).json(&labels))?;
            refused(response.status, &problems(&response), expect)
        }
        "api-null-labels" => {
            for label in [":value", "key:"] {
                let response = scene.send(&start_like(&scene, "api-create", &[("labels", label)]))?;
                refused(response.status, &problems(&response), expect)?;
            }
            Ok(())
        }
        "api-label-comma" => {
            let response = scene.send(&start_like(&scene, "api-create", &[("labels", "project:foo,bar")]))?;
            created(&mut scene, &response)
        }
        "api-invalid" => {
            let inputs = scene.inputs()?;
            let request = crate::inputs::submitted(scene.flow.start(&[]), &inputs, case.mode);
            let response = scene.send(&request)?;
            refused(response.status, &problems(&response), expect)
        }
        "api-validate" => {
            let path = format!("/api/v1/executions/{}/{}/validate", scene.flow.namespace, scene.flow.id);
            let request = crate::inputs::submitted(Request::post(&path), &scene.inputs()?, case.mode);
            let response = scene.send(&request)?;
            created(&mut scene, &response)
        }
        "api-follow" => follow(scene),
        "eval-endpoint" => {
            let id = scene.begin()?;
            scene.end(&id)?;
            eval::check(&scene, &expect["eval"])
        }
        other => Err(Shortfall::Broken(format!("nothing here knows how to play `{other}`"))),
    }
}

/// Checks a taken start against `response`, and the execution against everything else.
fn created(scene: &mut Scene<'_>, response: &Response) -> Result<(), Shortfall> {
    let mut out = Vec::new();
    status_is(&200.into(), response.status, &problems(response), &mut out);
    if !out.is_empty() {
        return Err(Shortfall::Differs(out));
    }
    let json = json_of(response)?;
    if json["state"].is_object() {
        scene.see(json.clone());
    }
    scene.name("kestra.url", scene.base());
    let expected = scene.filled(scene.case.expect.get("response").unwrap_or(&Json::Null));
    let seen = Seen { scene, execution: &json, moving: false };
    for (name, wanted) in expected.as_object().into_iter().flatten() {
        match (name.as_str(), wanted.as_str()) {
            ("state", Some(wanted)) if wanted != state(&json) => {
                out.push(difference(name, wanted, state(&json)));
            }
            ("state", Some(_)) => {}
            ("inputs", Some(words)) => {
                let all = json["inputs"].as_array().map_or(&[][..], Vec::as_slice);
                if all.is_empty() || !all.iter().all(|input| input["enabled"] == true) {
                    out.push(difference(name, words, &json["inputs"].to_string()));
                }
            }
            _ => compare(name, wanted, json.get(name), &seen, &mut out),
        }
    }
    if !out.is_empty() {
        return Err(Shortfall::Differs(out));
    }
    if json["state"].is_object() { last_seen(scene, &scene.case.expect) } else { Ok(()) }
}

/// The stream of an execution: its last event shows the end.
fn follow(mut scene: Scene<'_>) -> Result<(), Shortfall> {
    let execution = scene.json(&start_like(&scene, "api-create", &[]))?;
    scene.see(execution);
    let path = format!("/api/v1/executions/{}/follow", text(&scene.execution["id"]));
    let response = scene.taken(&Request::get(&path).header("Accept", "text/event-stream"))?;
    let stream = response.text();
    let last = stream.lines().filter_map(|line| line.strip_prefix("data:")).next_back();
    let Some(last) = last.and_then(|line| serde_json::from_str::<Json>(line).ok()) else {
        return Err(Shortfall::differs("events", "at least one", &stream));
    };
    scene.see(last);
    last_seen(&scene, &scene.case.expect)
}
