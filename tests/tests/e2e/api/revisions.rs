//! Revisions of flows, and their deletion.

use serde_json::{Value as Json, json};
use tests::{http::Request, space::Space};

const RETURN: &str = "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return, format: one }";

#[test]
fn each_change_is_a_revision() {
    let space = Space::shared("revisions");
    let path = format!("/api/v1/flows/{}/counted", space.namespace);
    assert_eq!(space.create("counted", RETURN)["revision"], 1);
    assert_eq!(space.put_flow("counted", RETURN).expect(200).json()["revision"], 1, "the same text");
    let commented = format!("{RETURN}\n# a comment");
    let changed = space.put_flow("counted", &commented).expect(200).json();
    assert_eq!(changed["revision"], 2, "a comment is a change");
    assert!(changed["source"].as_str().unwrap().contains("# a comment"));
    assert_eq!(space.put_flow("counted", RETURN).expect(200).json()["revision"], 3, "back to the first text");

    space.client().send(&Request::delete(&path)).expect(204);
    space.client().send(&Request::delete(&path)).expect(404);
    space.client().get(&path).expect(404);
    space.client().send(&space.call("counted")).expect(404);
    let tombstone = space.client().get(&format!("{path}?allowDeleted=true")).expect(200).json();
    assert_eq!((&tombstone["deleted"], &tombstone["revision"]), (&json!(true), &json!(4)));

    assert_eq!(space.create("counted", RETURN)["revision"], 5, "numbers go on");
    let revisions = space.client().get(&format!("{path}/revisions")).expect(200).json();
    let told: Vec<(&Json, &Json)> =
        revisions.as_array().unwrap().iter().map(|it| (&it["revision"], &it["deleted"])).collect();
    let expected =
        [(1, false), (2, false), (3, false), (4, true), (5, false)].map(|(a, b)| (json!(a), json!(b)));
    assert_eq!(told, expected.iter().map(|(a, b)| (a, b)).collect::<Vec<_>>());
    let second = space.client().get(&format!("{path}?revision=2&source=true")).expect(200).json();
    assert_eq!(second["source"], space.source("counted", &commented));
}

#[test]
fn the_source_is_shown_on_demand() {
    let space = Space::shared("revisions");
    space.create("shown", RETURN);
    let path = format!("/api/v1/flows/{}/shown", space.namespace);
    assert_eq!(space.client().get(&path).expect(200).json().get("source"), None);
    let shown = space.client().get(&format!("{path}?source=true")).expect(200).json();
    assert_eq!(shown["source"], space.source("shown", RETURN));
}

#[test]
fn a_flow_is_created_once() {
    let space = Space::shared("revisions");
    space.create("once", RETURN);
    let again = space.post_flow(&space.source("once", RETURN)).expect(422).json();
    assert_eq!(again["_embedded"]["errors"][0]["path"], "flow.id");
    assert!(again["message"].as_str().unwrap().contains("Flow id already exists"), "{again}");
}

#[test]
fn an_update_keeps_id_and_namespace() {
    let space = Space::shared("revisions");
    space.put_flow("nowhere", RETURN).expect(404);
    space.create("kept", RETURN);
    let target = format!("/api/v1/flows/{}/kept", space.namespace);
    let other = format!("id: other\nnamespace: e2e.other\n{RETURN}");
    let refused = space.client().send(&Request::put(&target).yaml(&other)).expect(422).json();
    let paths: Vec<&Json> =
        refused["_embedded"]["errors"].as_array().unwrap().iter().map(|error| &error["path"]).collect();
    assert_eq!(paths, ["flow.id", "flow.namespace"]);
}
