//! What a call of a scenario was answered.

use serde_json::{Map, Value as Json};
use tests::http::{Request, Response};

use crate::{
    kinds::status_is,
    scene::{Scene, problems, text},
    shortfall::{Shortfall, difference},
};

/// Checks an answer, and takes out of `rest` what is about it.
pub(super) fn check(
    scene: &Scene<'_>,
    response: &Response,
    rest: &mut Map<String, Json>,
    out: &mut Vec<String>,
) -> Result<(), Shortfall> {
    let told = problems(response);
    let refused = rest.remove("error").is_some() || rest.contains_key("errorContains");
    let wanted = rest.remove("httpStatus").or_else(|| refused.then(|| "4xx".into()));
    if let Some(wanted) = wanted {
        status_is(&wanted, response.status, &told, out);
    }
    if let Some(wanted) = rest.remove("errorContains") {
        let wanted = text(&scene.filled(&wanted));
        if !told.contains(&wanted) {
            out.push(difference("message", &wanted, &told));
        }
    }
    let json = serde_json::from_slice::<Json>(&response.body).unwrap_or_default();
    let mut equal = |name: &str, wanted: &Json, came: &Json| {
        if wanted != came {
            out.push(difference(name, &wanted.to_string(), &came.to_string()));
        }
    };
    for name in ["count", "total", "size"] {
        if let Some(wanted) = rest.remove(name) {
            equal(name, &wanted, &json[name]);
        }
    }
    if let Some(wanted) = rest.remove("body") {
        equal("body", &wanted, &response.text().into());
    }
    if let Some(wanted) = rest.remove("found") {
        equal("found", &wanted, &(response.status != 404).into());
    }
    if rest.get("logs").is_some_and(Json::is_u64) {
        let path = format!("/api/v1/logs/{}", text(&scene.execution["id"]));
        let answer = scene.send(&Request::get(&path))?;
        let lines: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let wanted = rest.remove("logs").unwrap_or_default();
        equal("log lines", &wanted, &lines.as_array().map_or(0, Vec::len).into());
    }
    Ok(())
}
