//! Labels of an execution.

use serde_json::{Map, Value as Json};

use super::{Seen, compare};
use crate::scene::text;

/// Checks what is about labels; tells whether it was.
pub(super) fn check(seen: &Seen<'_>, what: &str, expected: &Json, out: &mut Vec<String>) -> bool {
    let labels = seen.execution["labels"].as_array().map_or(&[][..], Vec::as_slice);
    let by_key: Map<String, Json> =
        labels.iter().map(|label| (text(&label["key"]), label["value"].clone())).collect();
    match what {
        "labels" => compare(what, expected, Some(&by_key.into()), seen, out),
        "labelsExact" => {
            let (wanted, count) = (expected.as_object().map_or(0, Map::len), by_key.len());
            compare("labels", expected, Some(&by_key.into()), seen, out);
            compare("number of labels", &wanted.into(), Some(&count.into()), seen, out);
        }
        "labelsCount" => compare(what, expected, Some(&labels.len().into()), seen, out),
        "labelsOrdered" => {
            let pair = |label: &Json| Json::Array(vec![label["key"].clone(), label["value"].clone()]);
            let wanted = expected.as_array().map_or(0, Vec::len);
            let came: Json = labels.iter().map(pair).take(wanted).collect();
            compare(what, expected, Some(&came), seen, out);
        }
        _ => return false,
    }
    true
}
