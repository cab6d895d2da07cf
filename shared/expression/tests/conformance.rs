//! Runs a file of expressions with their expected results, kept outside of this repository:
//! `CONFORMANCE_DIR=… cargo test -p expression --test conformance -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, reason = "the file is as its own description says")]

use std::{borrow::Cow, fs, path::Path};

use expression::{Environment, Error, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

/// Variables from a JSON object.
struct Root(serde_json::Map<String, Json>);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.keys().map(|name| Cow::Borrowed(name.as_str())).collect()
    }
}

/// The variables of the vectors, which the file describes by Java type.
fn variables() -> Json {
    json!({
        "s": "string", "i": 1, "l": 2, "f": 1.5, "n": null, "t": true, "fl": false, "e": "", "z": 0,
        "list": [3, 1, 2], "ll": ["b", "a"], "emptyl": [], "emptym": {},
        "m": {"a": 1, "b-c": "x", "nul": null, "1": "one", "size": 99},
        "inst": "2024-01-02T03:04:05.123456Z", "ldt": "2024-01-02T03:04:05", "ld": "2024-01-02",
        "zdt": "2024-01-02T03:04:05+02:00", "nested": [[1, 2], [3], 4]
    })
}

#[test]
#[ignore = "needs CONFORMANCE_DIR"]
#[allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test reads where its data is and prints it"
)]
fn expressions_give_what_kestra_gives() {
    let folder =
        std::env::var("CONFORMANCE_DIR").expect("CONFORMANCE_DIR names the folder of expressions.json");
    let text = fs::read_to_string(Path::new(&folder).join("expressions.json")).unwrap();
    let file: Json = serde_json::from_str(&text).unwrap();
    let mut vectors: Vec<(Json, Json)> = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        vectors.push((variables(), vector.clone()));
    }
    for vector in file["from_tests"].as_array().unwrap() {
        vectors.push((vector["vars"].clone(), vector.clone()));
    }
    let mut failed = 0;
    for (variables, vector) in &vectors {
        if let Err(difference) = check(variables, vector) {
            failed += 1;
            println!("{}\n    {difference}", vector["expr"]);
        }
    }
    println!("{} of {} as in Kestra", vectors.len() - failed, vectors.len());
}

fn check(variables: &Json, vector: &Json) -> Result<(), String> {
    let source = vector["expr"].as_str().unwrap();
    let rendered = run(source, variables, Template::render);
    if vector.get("error").is_some() {
        return match rendered {
            Ok(text) => Err(format!("gave {text:?} instead of failing: {}", vector["error"])),
            Err(_) => Ok(()),
        };
    }
    let expected = vector["result"].as_str().unwrap();
    match rendered {
        Ok(text) if text == expected => {}
        Ok(text) => return Err(format!("gave {text:?} instead of {expected:?}")),
        Err(message) => return Err(format!("failed instead of giving {expected:?}: {message}")),
    }
    let Some(typed) = vector.get("typed") else {
        return Ok(());
    };
    match run(source, variables, Template::evaluate) {
        Ok(value) if value == *typed => Ok(()),
        Ok(value) => Err(format!("typed gave {value} instead of {typed}")),
        Err(message) => Err(format!("typed failed instead of giving {typed}: {message}")),
    }
}

fn run<T>(
    source: &str,
    variables: &Json,
    render: impl Fn(&Template, &Environment<'_>) -> Result<T, Error>,
) -> Result<T, String> {
    let template = Template::parse(source).map_err(|error| error.to_string())?;
    let root = Root(variables.as_object().unwrap().clone());
    let environment = Environment {
        variables: &root,
        supplied: &Supplied::new(),
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    };
    render(&template, &environment).map_err(|error| error.to_string())
}
