//! A text in Conductor's dialect gives an answer, the same one twice, within the limits; without `${` it is that answer.
//!
//! An input is the text; after a zero byte, its variables may follow as a JSON object.
#![no_main]

use std::{borrow::Cow, sync::LazyLock};

use expression::{Environment, Error, Limits, Need, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value as Json, json};

/// Small enough for thousands of runs a second; the depth is that of production, for the stack's sake.
const LIMITS: Limits = Limits { fuel: 20_000, depth: 100, output_bytes: 64 << 10, needs: 10 };

/// Renderings after which a text has asked for all that it will: a secret may name another.
const ROUNDS_MAX: usize = 4;

struct Root<'j>(&'j Json);

impl Variables for Root<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.as_object().into_iter().flat_map(|map| map.keys()).map(|name| name.as_str().into()).collect()
    }
}

static USUAL: LazyLock<Json> = LazyLock::new(|| {
    json!({
        "workflow": {
            "input": {"name": "World", "count": 3, "key": "tags", "tags": ["b", "a"], "deep": [[[{"a": ["${x}"]}]]]},
            "variables": {"total": 2.5, "none": null}, "workflowId": "w1",
        },
        "it": {"output": {"items": [{"x": "y", "n": 5}, {"x": "z", "n": "4", "tags": []}], "numbers": [4, 1, 2.5]}},
    })
});

fuzz_target!(|input: &str| {
    let (source, variables) = input.split_once('\0').unwrap_or((input, ""));
    let Ok(template) = Template::conductor(source) else {
        return;
    };
    assert_eq!(template.source(), source);
    let given = serde_json::from_str::<Json>(variables).ok();
    let root = Root(given.as_ref().unwrap_or(&USUAL));
    let mut supplied = Supplied::new();
    for _ in 0..ROUNDS_MAX {
        let environment = Environment {
            variables: &root,
            supplied: &supplied,
            now: Timestamp::constant(1_714_979_289, 12_345_678),
            zone: &TimeZone::UTC,
            seed: 7,
            limits: LIMITS,
        };
        let value = template.value(&environment);
        assert_eq!(value, template.value(&environment));
        let text = template.render(&environment);
        if let Ok(text) = &text {
            assert!(text.len() <= LIMITS.output_bytes || template.literal().is_some());
        }
        if !source.contains("${") {
            assert_eq!(text.as_deref(), Ok(source));
        }
        match value {
            Err(Error::Needs(needs)) => {
                assert!(!needs.is_empty() && needs.len() <= LIMITS.needs);
                supplied.extend(needs.into_iter().map(|need| {
                    let answer = answer(&need);
                    (need, answer)
                }));
            }
            Ok(_) | Err(Error::Failed(_)) => return,
        }
    }
});

/// What the outside might say: the name of the secret, or that there is none.
fn answer(need: &Need) -> Result<Json, String> {
    match need {
        Need::Secret { key, .. } if key.len() % 5 == 0 => Err("no such thing".to_owned()),
        Need::Secret { key, .. } => Ok(Json::from(key.as_str())),
        Need::File { .. } | Need::Kv { .. } | Need::Definition { .. } => unreachable!("a path asks for nothing else"),
    }
}
