//! The states an execution is and was in.

use serde_json::{Map, Value as Json};
use tests::execution::{outline, state, states};

use super::{Seen, compare};
use crate::{case::strings, scene::text, shortfall::difference};

/// Checks what is about states; tells whether it was.
pub(super) fn check(
    seen: &Seen<'_>,
    what: &str,
    expected: &Json,
    all: &Map<String, Json>,
    out: &mut Vec<String>,
) -> bool {
    let it = seen.execution;
    match what {
        // With histories, the state is the one it had when there were so many.
        "state" => {
            let count = all.get("histories").and_then(Json::as_u64).filter(|_| seen.moving);
            let place = count.and_then(|count| usize::try_from(count).ok()?.checked_sub(1));
            let came = match place {
                None => state(it),
                Some(place) => states(it).get(place).copied().unwrap_or("none"),
            };
            if text(expected) != came {
                out.push(difference(what, &text(expected), &format!("{came} ({})", outline(it))));
            }
        }
        // As many as there were is all that can be said.
        "histories" if seen.moving => {}
        "histories" => compare(what, expected, Some(&states(it).len().into()), seen, out),
        "stateHistory" | "firstHistories" | "statesSeen" => {
            let (came, wanted) = (states(it), strings(expected));
            let holds = match what {
                "statesSeen" => wanted.iter().all(|state| came.contains(&state.as_str())),
                "firstHistories" => came.iter().zip(&wanted).filter(|(a, b)| a == b).count() == wanted.len(),
                _ => came == wanted,
            };
            if !holds {
                out.push(difference(what, &expected.to_string(), &came.join(", ")));
            }
        }
        _ => return false,
    }
    true
}
