//! Expressions evaluated in an execution that has ended.

use serde_json::Value as Json;
use tests::http::Request;

use crate::{
    check::Seen,
    matcher::compare,
    scene::{Scene, text},
    shortfall::{Shortfall, difference},
    task_run,
};

/// Checks one evaluation, or several.
pub(super) fn check(scene: &Scene<'_>, expected: &Json) -> Result<(), Shortfall> {
    let all = expected.as_array().cloned().unwrap_or_else(|| vec![expected.clone()]);
    let mut out = Vec::new();
    for wanted in &all {
        let wanted = scene.filled(wanted);
        let run = task_run::find(&scene.execution, &text(&wanted["taskRun"]));
        let run = run.map(|run| text(&run["id"]));
        let run =
            run.ok_or_else(|| Shortfall::differs("task run", &wanted["taskRun"].to_string(), "none"))?;
        let path = format!("/api/v1/executions/{}/eval/{run}", text(&scene.execution["id"]));
        let expression = text(&wanted["expression"]);
        let answer = scene.json(&Request::post(&path).body("text/plain", expression.as_str()))?;
        let seen = Seen { scene, execution: &scene.execution, moving: false };
        for (what, wanted) in wanted.as_object().into_iter().flatten() {
            match what.as_str() {
                "result" => compare(&expression, wanted, answer.get("result"), &seen, &mut out),
                "resultJson" => {
                    let result = serde_json::from_str(&text(&answer["result"])).unwrap_or_default();
                    compare(&expression, wanted, Some(&result), &seen, &mut out);
                }
                "resultContains" | "errorContains" => {
                    let name = if what == "resultContains" { "result" } else { "error" };
                    if !text(&answer[name]).contains(&text(wanted)) {
                        out.push(difference(&expression, &text(wanted), &answer[name].to_string()));
                    }
                }
                _ => {}
            }
        }
    }
    if out.is_empty() { Ok(()) } else { Err(Shortfall::Differs(out)) }
}
