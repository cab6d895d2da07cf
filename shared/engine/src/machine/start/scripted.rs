//! What scripts decide and compute.

use expression::Error;
use script::{Failed, Limits, Script};
use serde_json::{Map, Value as Json};

use super::{Site, input, pure::Done, refuse};
use crate::{
    flow::{Chooser, Decision},
    machine::plan::SELECTED_CASE,
};

const EVALUATION_RESULT: &str = "evaluationResult";
/// The same of a `DECISION`.
const CASE_OUTPUT: &str = "caseOutput";

/// Runs a script that sees `variables` as `$`. The same task run always has the same chance.
pub(super) fn run(source: &str, variables: &Map<String, Json>, site: &Site<'_>) -> Result<Json, Failed> {
    let id = site.run.id.as_u128();
    let seed = u64::try_from((id ^ (id >> 64)) & u128::from(u64::MAX)).expect("masked to 64 bits");
    let now_ms = site.world.now.as_millis();
    script::run(&Script { source, variables, now_ms, seed }, &Limits::default())
}

/// The case that the value of a `SWITCH` names.
pub(super) fn decide(decision: &Decision, site: &Site<'_>) -> Result<Map<String, Json>, Error> {
    let input = input::of(site)?;
    let value = match &decision.by {
        Chooser::Input(name) => input.get(name).cloned().unwrap_or(Json::Null),
        Chooser::Script(source) => run(source, &input, site).map_err(|failed| refuse(failed.to_string()))?,
    };
    let case = text(&value);
    let told = if decision.legacy { CASE_OUTPUT } else { EVALUATION_RESULT };
    Ok([
        (told.to_owned(), Json::Array(vec![Json::String(case.clone())])),
        (SELECTED_CASE.to_owned(), Json::String(case)),
    ]
    .into_iter()
    .collect())
}

/// `INLINE`: `expression` by the rules of `evaluatorType`.
pub(super) fn inline(input: &Map<String, Json>, site: &Site<'_>) -> Done {
    let Some(Json::String(expression)) = input.get("expression") else {
        return failed("`expression` is missing: a text, the script or the name of an input".to_owned());
    };
    match input.get("evaluatorType").and_then(Json::as_str).unwrap_or("javascript") {
        "javascript" | "graaljs" => computed(run(expression, input, site)),
        "value-param" => computed(Ok(input.get(expression).cloned().unwrap_or(Json::Null))),
        other => failed(format!(
            "`evaluatorType` is `{other}`; `javascript`, `graaljs` and `value-param` are built in this version"
        )),
    }
}

/// `LAMBDA`.
pub(super) fn lambda(input: &Map<String, Json>, site: &Site<'_>) -> Done {
    match input.get("scriptExpression") {
        Some(Json::String(source)) => computed(run(source, input, site)),
        _ => failed("`scriptExpression` is missing: a text, the script".to_owned()),
    }
}

fn computed(result: Result<Json, Failed>) -> Done {
    match result {
        Ok(value) => {
            Done { outputs: [("result".to_owned(), value)].into_iter().collect(), ..Done::default() }
        }
        Err(why) => failed(why.to_string()),
    }
}

/// A failure that shows its reason as `error`.
pub(super) fn failed(reason: String) -> Done {
    let outputs = [("error".to_owned(), Json::String(reason.clone()))].into_iter().collect();
    Done { outputs, failure: Some(reason), ..Done::default() }
}

/// As the name of a case.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
