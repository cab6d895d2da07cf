//! The document of a definition as it is given back: as it came, with what its author left to the defaults.

use serde_json::{Map, Value as Json, json};

use crate::time::Timestamp;

/// Lists of tasks that stand in a task.
const BELOW: [&str; 2] = ["defaultCase", "loopOver"];

/// The document of a version that was registered and last written then. Times are milliseconds since 1970. No null is
/// left at its top: clients of one year drop a whole definition for a `rateLimitConfig` of null.
pub fn filled(
    mut given: Map<String, Json>,
    version: u32,
    created: Timestamp,
    updated: Timestamp,
) -> Map<String, Json> {
    given.retain(|_, value| !value.is_null());
    given.insert("version".to_owned(), version.into());
    given.insert("createTime".to_owned(), created.as_millis().into());
    given.insert("updateTime".to_owned(), updated.as_millis().into());
    let defaults = [
        ("tasks", json!([])),
        ("inputParameters", json!([])),
        ("outputParameters", json!({})),
        ("schemaVersion", json!(2)),
        ("restartable", json!(true)),
        ("workflowStatusListenerEnabled", json!(false)),
        ("timeoutPolicy", json!("ALERT_ONLY")),
        ("timeoutSeconds", json!(0)),
        ("variables", json!({})),
        ("inputTemplate", json!({})),
        ("enforceSchema", json!(true)),
    ];
    put(&mut given, defaults);
    fill_tasks(given.get_mut("tasks"));
    given
}

fn put<const N: usize>(map: &mut Map<String, Json>, defaults: [(&str, Json); N]) {
    for (key, default) in defaults {
        let value = map.entry(key).or_insert(Json::Null);
        if value.is_null() {
            *value = default;
        }
    }
}

fn fill_tasks(tasks: Option<&mut Json>) {
    for task in tasks.and_then(Json::as_array_mut).into_iter().flatten().filter_map(Json::as_object_mut) {
        let defaults = [
            ("type", json!("SIMPLE")),
            ("inputParameters", json!({})),
            ("startDelay", json!(0)),
            ("optional", json!(false)),
            ("asyncComplete", json!(false)),
            ("permissive", json!(false)),
        ];
        put(task, defaults);
        for key in BELOW {
            fill_tasks(task.get_mut(key));
        }
        for branch in task.get_mut("forkTasks").and_then(Json::as_array_mut).into_iter().flatten() {
            fill_tasks(Some(branch));
        }
        let cases = task.get_mut("decisionCases").and_then(Json::as_object_mut);
        for (_, case) in cases.into_iter().flatten() {
            fill_tasks(Some(case));
        }
    }
}
