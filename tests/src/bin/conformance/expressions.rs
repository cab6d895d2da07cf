//! Expressions with their expected results, straight against the language.

use std::{borrow::Cow, time::Duration};

use expression::{Environment, Error, Limits, Supplied, Template, Value, Variables};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value as Json, json};

use crate::{differences, options::Options, report::Outcome, scene::text, shortfall::Shortfall};

/// Variables from a JSON object.
struct Root(Map<String, Json>);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.keys().map(|name| Cow::Borrowed(name.as_str())).collect()
    }
}

/// Every expression of the file that the options take.
pub(crate) fn run(file: &Json, options: &Options) -> Vec<Outcome> {
    let described = variables();
    let of = |name: &str| file[name].as_array().into_iter().flatten();
    let with_described = of("vectors").map(|vector| (&described, vector));
    let with_their_own = of("from_tests").map(|vector| (&vector["vars"], vector));
    let all: Vec<(&Json, &Json)> = with_described.chain(with_their_own).collect();
    let keys: Vec<String> = all.iter().map(|(_, vector)| text(&vector["expr"])).collect();
    let outcome = |(place, (variables, vector)): (usize, (&Json, &Json))| {
        let source = vector["expr"].as_str().unwrap_or_default();
        let shortfall = check(source, variables, vector).err();
        let reason = differences::reason(differences::EXPRESSIONS, source);
        Outcome { place, title: source.to_owned(), shortfall, reason, took: Duration::ZERO }
    };
    let taken = all.into_iter().enumerate().filter(|(_, (_, vector))| options.takes(&text(&vector["expr"])));
    taken.map(outcome).chain(differences::of_expressions(&keys).map(Outcome::of_list)).collect()
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

fn check(source: &str, variables: &Json, vector: &Json) -> Result<(), Shortfall> {
    let rendered = evaluated(source, variables, Template::render).map(Json::String);
    if let Some(error) = vector.get("error") {
        return fails("text", error, rendered);
    }
    equal("text", &vector["result"], rendered)?;
    let typed = || evaluated(source, variables, Template::evaluate);
    match (vector.get("typed"), vector.get("typedError")) {
        (Some(value), _) => equal("value", value, typed()),
        (None, Some(error)) => fails("value", error, typed()),
        (None, None) => Ok(()),
    }
}

fn equal(what: &str, expected: &Json, came: Result<Json, String>) -> Result<(), Shortfall> {
    match came {
        Ok(came) if came == *expected => Ok(()),
        Ok(came) => Err(Shortfall::differs(what, &expected.to_string(), &came.to_string())),
        Err(message) => Err(Shortfall::differs(what, &expected.to_string(), &format!("failure ({message})"))),
    }
}

/// The words of a failure are Java's; failing is what counts.
fn fails(what: &str, error: &Json, came: Result<Json, String>) -> Result<(), Shortfall> {
    match came {
        Ok(came) => Err(Shortfall::differs(what, &format!("failure ({error})"), &came.to_string())),
        Err(_) => Ok(()),
    }
}

fn evaluated<T>(
    source: &str,
    variables: &Json,
    evaluate: impl Fn(&Template, &Environment<'_>) -> Result<T, Error>,
) -> Result<T, String> {
    let template = Template::parse(source).map_err(|error| error.to_string())?;
    let root = Root(variables.as_object().cloned().unwrap_or_default());
    let environment = Environment {
        variables: &root,
        supplied: &Supplied::new(),
        now: Timestamp::UNIX_EPOCH,
        zone: &TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    };
    evaluate(&template, &environment).map_err(|error| error.to_string())
}
