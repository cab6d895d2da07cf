//! What holds for every value.

use proptest::prelude::*;
use script::{Limits, Script};
use serde_json::{Map, Value};

const EXACT: i64 = 1 << 53;

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-EXACT..=EXACT).prop_map(Value::from),
        // With few digits: of others, `serde_json` may read the last one differently from how it is written.
        any::<i32>().prop_map(|number| Value::from(f64::from(number) / 1000.0)),
        any::<String>().prop_map(Value::String),
        Just(Value::String(String::from("\0\u{2028}\u{ffff}\u{10ffff}"))),
    ];
    let key = prop_oneof![
        any::<String>(),
        Just(String::from("__proto__")),
        Just(String::from("length")),
        "[0-9]{1,11}"
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn run(source: &str, variables: &Map<String, Value>) -> Value {
    script::run(&Script { source, variables, now_ms: 0, seed: 0 }, &Limits::default())
        .expect("it fails never")
}

/// As JavaScript has it: every number a double, no negative zero.
fn doubles(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::from(number.as_f64().expect("each is a double") + 0.0),
        Value::Array(items) => items.iter().map(doubles).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), doubles(value))).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_in_comes_out(value in values()) {
        let variables = Map::from_iter([(String::from("v"), value.clone())]);
        prop_assert_eq!(doubles(&run("$.v", &variables)), doubles(&value));
        prop_assert_eq!(doubles(&run("return JSON.parse(JSON.stringify($)).v", &variables)), doubles(&value));
    }

    #[test]
    fn any_text_is_judged(source in "[a-z0-9$ .,;:!?'\"`(){}\\[\\]=+*/<>&|\\\\\n-]{0,60}") {
        let limits = Limits { fuel: 50_000, ..Limits::default() };
        let script = Script { source: &source, variables: &Map::new(), now_ms: 0, seed: 0 };
        let checked = script::check(&source);
        let ran = script::run(&script, &limits);
        prop_assert_eq!(checked.is_err(), matches!(ran, Err(script::Failed::Syntax(_))), "{:?}", ran);
    }
}
