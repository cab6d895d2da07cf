//! A template and its variables give an answer, the same one twice, within the limits.
//!
//! An input is the template; after a zero byte, its variables may follow as a JSON object.
#![no_main]

use std::{borrow::Cow, sync::LazyLock};

use expression::{Environment, Error, FileQuestion, Limits, Need, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value as Json, json};

/// Small enough for thousands of runs a second; the depth is that of production, for the stack's sake.
const LIMITS: Limits = Limits { fuel: 20_000, depth: 100, output_bytes: 64 << 10, needs: 10 };

/// Renderings after which an expression has asked for all that it will.
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

/// What the crate's own tests see, so that their expressions are good seeds.
static USUAL: LazyLock<Json> = LazyLock::new(|| {
    json!({
        "text": "hello", "blank": " ", "one": 1, "half": 0.5, "yes": true, "nothing": null,
        "list": [3, 1, 2], "map": {"a": 1, "b-c": "x", "size": 99, "nul": null},
        "outputs": {"first": {"v1": {"value": "inner"}}}, "taskrun": {"value": "v1"},
        "inputs": {"name": "World", "at": "2024-05-06T07:08:09Z", "deep": [[[{"a": ["{{ text }}"]}]]]},
        "tasks": {"first": {"v1": {"state": "FAILED"}}},
    })
});

fuzz_target!(|input: &str| {
    let (source, variables) = input.split_once('\0').unwrap_or((input, ""));
    let Ok(template) = Template::parse(source) else {
        return;
    };
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
        let value = template.evaluate(&environment);
        assert_eq!(value, template.evaluate(&environment));
        let text = template.render(&environment);
        if let Ok(text) = &text {
            assert!(text.len() <= LIMITS.output_bytes);
        }
        match value {
            Err(Error::Needs(needs)) => {
                assert!(!needs.is_empty() && needs.len() <= LIMITS.needs);
                for need in needs {
                    let answer = answer(&need);
                    supplied.insert(need, answer);
                }
            }
            Ok(_) | Err(Error::Failed(_)) => return,
        }
    }
});

/// What the outside might say: the path or key as a text, a number or a truth, or that there is no such thing.
fn answer(need: &Need) -> Result<Json, String> {
    match need {
        Need::File { path: name, .. } | Need::Kv { key: name, .. } | Need::Secret { key: name, .. } | Need::Definition { name }
            if name.is_empty() =>
        {
            Err("no such thing".to_owned())
        }
        Need::File { asked, path, .. } => Ok(match asked {
            FileQuestion::Text | FileQuestion::Uri => Json::from(path.as_str()),
            FileQuestion::Size => Json::from(path.len()),
            FileQuestion::Exists | FileQuestion::IsEmpty => Json::from(path.len() % 2 == 0),
        }),
        Need::Kv { key, .. } => Ok(serde_json::from_str(key).unwrap_or_else(|_| Json::from(key.as_str()))),
        Need::Secret { key, .. } => Ok(Json::from(key.as_str())),
        Need::Definition { .. } => unreachable!("no expression asks for it"),
    }
}
