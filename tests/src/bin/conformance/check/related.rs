//! Executions that belong to the one of the case, and its triggers.

use serde_json::{Map, Value as Json};
use tests::http::Request;

use super::{Seen, compare, execution};
use crate::{
    scene::text,
    shortfall::{Shortfall, difference},
};

/// Checks the executions of other flows, by flow id. Each of them has to be as expected.
pub(super) fn check(seen: &Seen<'_>, expected: &Json, out: &mut Vec<String>) -> Result<(), Shortfall> {
    for (flow, wanted) in expected.as_object().into_iter().flatten() {
        let mut wanted: Map<String, Json> = wanted.as_object().cloned().unwrap_or_default();
        let count = wanted.remove("count");
        let all = seen.scene.executions_of(flow)?;
        if all.is_empty() {
            out.push(difference(&format!("executions of {flow}"), "some", "none"));
        }
        if let Some(count) = count {
            compare(&format!("executions of {flow}"), &count, Some(&all.len().into()), seen, out);
        }
        for it in &all {
            let related = Seen { scene: seen.scene, execution: it, moving: false };
            match execution(&related, &wanted) {
                Ok(()) => {}
                // One is enough: the others will hardly be better.
                Err(Shortfall::Differs(differences)) => {
                    out.extend(differences.iter().map(|it| format!("{flow}: {it}")));
                    break;
                }
                Err(other) => return Err(other),
            }
        }
    }
    Ok(())
}

/// Whether every related execution that is expected is there and has ended.
pub(crate) fn are_there(
    expected: &Json,
    executions: impl Fn(&str) -> Result<Vec<Json>, Shortfall>,
) -> Result<bool, Shortfall> {
    for (flow, wanted) in expected.as_object().into_iter().flatten() {
        let all = executions(flow)?;
        let count = wanted["count"].as_u64().unwrap_or(1);
        if (all.len() as u64) < count || !all.iter().all(tests::execution::is_terminal) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Checks the triggers of the flow.
pub(super) fn triggers(seen: &Seen<'_>, expected: &Json, out: &mut Vec<String>) -> Result<(), Shortfall> {
    let flow = &seen.scene.flow;
    let page = seen.scene.json(&Request::get(&format!("/api/v1/triggers/{}/{}", flow.namespace, flow.id)))?;
    for (id, wanted) in expected.as_object().into_iter().flatten() {
        let trigger =
            page["results"].as_array().into_iter().flatten().find(|it| text(&it["triggerId"]) == *id);
        compare(&format!("trigger {id}"), wanted, trigger, seen, out);
    }
    Ok(())
}
