//! Checking flows without creating them.

use serde_json::json;
use tests::{http::Request, space::Space};

const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return }";

#[test]
fn several_flows_are_checked_at_once() {
    let space = Space::shared("validation");
    space.create("known", RETURN);
    let source = [
        space.source("known", RETURN),
        space.source("new", RETURN),
        space.source(
            "wrong",
            "unknownProp: 1\ntasks:\n  - { id: a, type: io.kestra.plugin.core.debug.UnknownTask }",
        ),
    ]
    .join("---\n");
    let answer =
        space.client().send(&Request::post("/api/v1/flows/validate").yaml(&source)).expect(200).json();
    let one = |index: usize, key: &str| answer[index].get(key).cloned();
    assert_eq!(one(0, "outdated"), Some(json!(true)));
    assert_eq!(one(1, "outdated"), Some(json!(false)));
    assert_eq!((one(0, "constraints"), one(1, "constraints")), (None, None));
    assert_eq!(one(1, "flow"), Some(json!("new")));
    assert_eq!(one(1, "namespace"), Some(json!(space.namespace)));
    assert_eq!(one(2, "index"), Some(json!(2)));
    let constraints = one(2, "constraints").unwrap();
    let constraints = constraints.as_str().unwrap();
    assert!(constraints.contains("unknownProp"), "{constraints}");
    assert!(constraints.contains("UnknownTask"), "{constraints}");
    space.client().get(&format!("/api/v1/flows/{}/new", space.namespace)).expect(404);
}
