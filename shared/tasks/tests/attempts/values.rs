use std::time::Duration;

use insta::assert_snapshot;
use ports::run::Attempt;
use serde_json::{Value as Json, json};

use crate::world::{World, attempt};

async fn told(world: &World, name: &str, properties: Json) -> String {
    world.task(&format!("core.{name}"), properties).await.story()
}

#[tokio::test]
async fn a_value_keeps_its_type() {
    let world = World::new();
    for (value, kind, kept) in [
        (json!({"a": [1]}), None, json!({"a": [1]})),
        (json!("1"), None, json!("1")),
        (json!("1.5"), Some("NUMBER"), json!(1.5)),
        (json!("True"), Some("BOOLEAN"), json!(true)),
        (json!("yes"), Some("BOOLEAN"), json!(false)),
        (json!("2024-02-29"), Some("DATE"), json!("2024-02-29")),
        (json!("2024-02-29T10:00:00Z"), Some("DATETIME"), json!("2024-02-29T10:00:00Z")),
        (json!("PT1H"), Some("DURATION"), json!("PT1H")),
        (json!(r#"{"a": null}"#), Some("JSON"), json!({"a": null})),
        (json!(7), Some("STRING"), json!(7)),
    ] {
        let set = json!({"key": "k", "value": value, "kvType": kind});
        let story = told(&world, "kv.Set", set).await;
        assert_eq!(story, "SUCCESS\n{}", "{value}");
        assert_eq!(world.task("core.kv.Get", json!({"key": "k"})).await.outcome.outputs["value"], kept);
    }
}

#[tokio::test]
async fn a_value_that_is_not_of_its_type_fails() {
    let world = World::new();
    let mut failures = String::new();
    for (value, kind) in [
        ("one", "NUMBER"),
        ("2023-02-29", "DATE"),
        ("noon", "DATETIME"),
        ("1h", "DURATION"),
        ("{", "JSON"),
        ("", "X"),
    ] {
        let ran = world.task("core.kv.Set", json!({"key": "k", "value": value, "kvType": kind})).await;
        failures.push_str(ran.failure());
        failures.push('\n');
    }
    assert_snapshot!(failures, @r"
    `one` is not a number
    `2023-02-29` is not a date such as 2024-07-12
    `noon` is not an ISO-8601 date-time with offset, such as 2024-07-12T05:13:42.140Z
    `1h` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds
    `{` is not JSON: EOF while parsing an object at line 1 column 1
    `kvType` cannot be `X`
    ");
    assert_eq!(told(&world, "kv.GetKeys", json!({})).await, "SUCCESS\n{\"keys\":[]}");
}

#[tokio::test]
async fn a_value_is_replaced_only_when_it_may_be() {
    let world = World::new();
    told(&world, "kv.Set", json!({"key": "k", "value": "old", "ttl": "PT1M"})).await;
    let new = json!({"key": "k", "value": "new", "overwrite": false});
    assert_snapshot!(told(&world, "kv.Set", new.clone()).await, @r"
    FAILED Cannot set value for key 'k'. Key already exists and `overwrite` is set to `false`.
    {}
    ");
    world.clock.advance(Duration::from_mins(1));
    assert_snapshot!(told(&world, "kv.Get", json!({"key": "k"})).await, @r"
    FAILED The requested value has expired
    {}
    ");
    assert_eq!(told(&world, "kv.Set", new).await, "SUCCESS\n{}");
    assert_eq!(told(&world, "kv.Get", json!({"key": "k"})).await, "SUCCESS\n{\"value\":\"new\"}");
}

#[tokio::test]
async fn keys_are_told_and_removed() {
    let world = World::new();
    for key in ["b", "a.2", "a.1"] {
        told(&world, "kv.Set", json!({"key": key, "value": "v", "namespace": "other"})).await;
    }
    assert_eq!(told(&world, "kv.GetKeys", json!({})).await, "SUCCESS\n{\"keys\":[]}");
    let other = json!({"namespace": "other", "prefix": "a."});
    assert_eq!(told(&world, "kv.GetKeys", other).await, "SUCCESS\n{\"keys\":[\"a.1\",\"a.2\"]}");
    let b = json!({"namespace": "other", "key": "b"});
    assert_eq!(told(&world, "kv.Delete", b.clone()).await, "SUCCESS\n{\"deleted\":true}");
    assert_eq!(told(&world, "kv.Delete", b).await, "SUCCESS\n{\"deleted\":false}");
    let missing = json!({"key": "b", "namespace": "other", "errorOnMissing": true});
    let failure =
        "FAILED No value found for key 'b' in namespace 'other' and `errorOnMissing` is set to true\n{}";
    assert_eq!(told(&world, "kv.Delete", missing.clone()).await, failure);
    assert_eq!(told(&world, "kv.Get", missing).await, failure);
    assert_eq!(told(&world, "kv.Get", json!({"key": "b"})).await, "SUCCESS\n{}");
}

#[tokio::test]
async fn a_state_is_merged() {
    let world = World::new();
    assert_eq!(told(&world, "state.Get", json!({})).await, "SUCCESS\n{\"count\":0,\"data\":{}}");
    let set = json!({"data": {"a": 1, "list": [1], "map": {"x": 1, "y": 1}}});
    let key = "flow_states_tasks-states_default";
    assert_eq!(told(&world, "state.Set", set).await, format!("SUCCESS\n{{\"count\":3,\"key\":\"{key}\"}}"));
    told(&world, "state.Set", json!({"data": {"a": "2", "list": [2], "map": {"y": 2}}})).await;
    assert_snapshot!(told(&world, "state.Get", json!({})).await, @r#"
    SUCCESS
    {"count":3,"data":{"a":"2","list":[1,2],"map":{"x":1,"y":2}}}
    "#);
    assert_eq!(
        told(&world, "state.Get", json!({"namespace": true})).await,
        "SUCCESS\n{\"count\":0,\"data\":{}}"
    );
    assert_eq!(told(&world, "state.Delete", json!({})).await, "SUCCESS\n{\"deleted\":true}");
    assert_eq!(told(&world, "state.Delete", json!({})).await, "SUCCESS\n{\"deleted\":false}");
    let missing = json!({"name": "n", "errorOnMissing": true});
    assert_eq!(
        told(&world, "state.Get", missing.clone()).await,
        "FAILED Unable to find the state file 'n'\n{}"
    );
    assert_eq!(told(&world, "state.Delete", missing).await, "FAILED Unable to find the state file 'n'\n{}");
}

#[tokio::test]
async fn a_state_is_kept_for_each_value() {
    let world = World::new();
    let of = |value: &str, properties| Attempt { value: Some(value.into()), ..attempt(properties) };
    let set = |value: &'static str, properties| world.with_attempt("core.state.Set", of(value, properties));
    let get = async |value, properties| {
        let ran = world.with_attempt("core.state.Get", of(value, properties)).await;
        ran.outcome.outputs["data"].clone()
    };
    set("a b", json!({"data": {"v": 1}})).await;
    set("c", json!({"data": {"v": 2}})).await;
    assert_eq!(get("a b", json!({})).await, json!({"v": 1}));
    assert_eq!(get("c", json!({})).await, json!({"v": 2}));
    assert_eq!(get("c", json!({"taskrunValue": false})).await, json!({}));
}

#[tokio::test]
async fn a_state_set_by_many_at_once_loses_nothing() {
    let world = World::new();
    let set = |number: usize| world.task("core.state.Set", json!({"data": {"all": [number]}}));
    futures_util::future::join_all((0..10).map(set)).await;
    let state = world.task("core.state.Get", json!({})).await;
    assert_eq!(state.outcome.outputs["data"]["all"].as_array().unwrap().len(), 10);
}
