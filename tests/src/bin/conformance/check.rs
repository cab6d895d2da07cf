//! Whether an execution is as a case expects it.

mod history;
mod labels;
mod logs;
mod related;
mod runs;

pub(crate) use related::are_there as related_are_there;
use serde_json::{Map, Value as Json};
use tests::{
    execution::{id, state},
    http::Request,
};

use crate::{
    matcher::{Eyes, compare},
    scene::{Scene, text},
    shortfall::Shortfall,
    task_run,
};

/// One execution under the eyes of the case.
pub(crate) struct Seen<'s> {
    pub(crate) scene: &'s Scene<'s>,
    pub(crate) execution: &'s Json,
    /// Whether it may have moved on since the answer that is meant.
    pub(crate) moving: bool,
}

impl Eyes for Seen<'_> {
    fn file(&self, uri: &str) -> Result<String, String> {
        let request = Request::get(&format!("/api/v1/executions/{}/file", id(self.execution)));
        let response = self.scene.taken(&request.query("path", uri)).map_err(|error| error.to_string())?;
        Ok(response.text())
    }

    fn output(&self, path: &str) -> Option<String> {
        let (key, name) = path.rsplit_once('.')?;
        task_run::find(self.execution, key)?["outputs"].get(name).map(text)
    }
}

/// Checks an execution against everything expected of it.
///
/// # Errors
/// What is different.
pub(crate) fn execution(seen: &Seen<'_>, expect: &Map<String, Json>) -> Result<(), Shortfall> {
    let mut out = Vec::new();
    for (what, expected) in expect {
        let expected = seen.scene.filled(expected);
        one(seen, what, &expected, expect, &mut out)?;
    }
    if out.is_empty() { Ok(()) } else { Err(Shortfall::Differs(out)) }
}

fn one(
    seen: &Seen<'_>,
    what: &str,
    expected: &Json,
    all: &Map<String, Json>,
    out: &mut Vec<String>,
) -> Result<(), Shortfall> {
    let it = seen.execution;
    if history::check(seen, what, expected, all, out)
        || runs::check(seen, what, expected, out)
        || labels::check(seen, what, expected, out)
    {
        return Ok(());
    }
    let is_first = Some(id(it)) == seen.scene.started.first().map(String::as_str);
    match what {
        "flowOutputs" => compare("outputs of the flow", expected, it.get("outputs"), seen, out),
        "typedInputs" | "inputs" => compare("inputs", expected, it.get("inputs"), seen, out),
        "trigger" | "parentId" => compare(what, expected, it.get(what), seen, out),
        "newId" => compare(what, expected, Some(&(!is_first).into()), seen, out),
        "sameId" => compare(what, expected, Some(&is_first.into()), seen, out),
        "logs" => logs::check(seen, expected, out)?,
        "logFile" => logs::file(seen, expected, out),
        "related" => related::check(seen, expected, out)?,
        "executionsTerminalStates" => {
            let all = seen.scene.executions_of(&seen.scene.flow.id)?;
            let came = all.iter().map(|it| Json::from(state(it))).collect();
            compare(what, expected, Some(&came), seen, out);
        }
        "triggerAfter" => related::triggers(seen, expected, out)?,
        // What the kinds of cases look at themselves.
        "httpStatus" | "errorContains" | "response" | "request" | "body" | "eval" => {}
        other => return Err(Shortfall::Broken(format!("nothing here knows how to expect `{other}`"))),
    }
    Ok(())
}

fn each(expected: &Json, mut check: impl FnMut(&str, &Json)) {
    for (key, expected) in expected.as_object().into_iter().flatten() {
        check(key, expected);
    }
}
