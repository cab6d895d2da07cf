//! Whether a value is the expected one: equal, or as a matcher asks.

use regex::Regex;
use serde_json::{Map, Value as Json};

use crate::shortfall::difference;

/// What a matcher may have to look up.
pub(crate) trait Eyes {
    /// The content of a file of the execution.
    fn file(&self, uri: &str) -> Result<String, String>;
    /// `task[value].name`: an output of the execution, as text.
    fn output(&self, path: &str) -> Option<String>;
}

/// Adds what is different. A map has to have what is expected and may have more; `null` is as good as absent.
pub(crate) fn compare(
    what: &str,
    expected: &Json,
    came: Option<&Json>,
    eyes: &dyn Eyes,
    out: &mut Vec<String>,
) {
    let came = came.unwrap_or(&Json::Null);
    match expected {
        Json::Object(map) if map.keys().any(|key| key.starts_with('$')) => {
            for (matcher, argument) in map {
                if let Err(problem) = matches(matcher, argument, came, eyes) {
                    out.push(format!("{what}: {problem}"));
                }
            }
        }
        Json::Object(map) if came.is_object() => {
            for (key, expected) in map {
                compare(&format!("{what}.{key}"), expected, came.get(key), eyes, out);
            }
        }
        Json::Array(items) if came.as_array().is_some_and(|it| it.len() == items.len()) => {
            for (index, expected) in items.iter().enumerate() {
                compare(&format!("{what}[{index}]"), expected, came.get(index), eyes, out);
            }
        }
        expected if same(expected, came) => {}
        expected => out.push(difference(what, &expected.to_string(), &came.to_string())),
    }
}

/// Equal, where numbers are numbers.
fn same(expected: &Json, came: &Json) -> bool {
    match (expected, came) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (a, b) => a == b,
    }
}

fn matches(matcher: &str, argument: &Json, came: &Json, eyes: &dyn Eyes) -> Result<(), String> {
    let text = || match came {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let asked = argument.as_str().unwrap_or_default();
    let holds = match matcher {
        "$contains" => text().contains(asked),
        "$startsWith" => came.is_string() && text().starts_with(asked),
        "$endsWith" => came.is_string() && text().ends_with(asked),
        "$regex" => Regex::new(asked).map_err(|error| error.to_string())?.is_match(&text()),
        "$not" => !came.is_null() && !same(argument, came),
        "$notNull" => !came.is_null(),
        "$absent" => came.is_null(),
        "$encrypted" => came["type"] == "io.kestra.datatype:aes_encrypted" && came["value"].is_string(),
        "$fileLines" => {
            let lines = eyes.file(&text())?.lines().count();
            return equal(matcher, argument, &Json::from(lines));
        }
        "$fileContent" => return equal(matcher, argument, &Json::from(eyes.file(&text())?)),
        "$containsOutput" => {
            let output = eyes.output(asked).ok_or_else(|| format!("there is no output {asked}"))?;
            text().contains(&output)
        }
        other => return Err(format!("`{other}` is no matcher")),
    };
    if holds { Ok(()) } else { Err(difference(matcher, &argument.to_string(), &came.to_string())) }
}

fn equal(what: &str, expected: &Json, came: &Json) -> Result<(), String> {
    if same(expected, came) {
        Ok(())
    } else {
        Err(difference(what, &expected.to_string(), &came.to_string()))
    }
}

/// Puts values where the expected value has `<names>`.
pub(crate) fn filled(expected: &Json, names: &Map<String, Json>) -> Json {
    match expected {
        Json::String(text) => {
            let mut text = text.clone();
            for (name, value) in names {
                if let (true, Some(value)) = (text.contains('<'), value.as_str()) {
                    text = text.replace(&format!("<{name}>"), value);
                }
            }
            Json::String(text)
        }
        Json::Array(items) => items.iter().map(|item| filled(item, names)).collect(),
        Json::Object(map) => {
            Json::Object(map.iter().map(|(key, value)| (key.clone(), filled(value, names))).collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => expected.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Blind;

    impl Eyes for Blind {
        fn file(&self, uri: &str) -> Result<String, String> {
            if uri == "kestra:///f" { Ok("a\nb\n".to_owned()) } else { Err("no file".to_owned()) }
        }

        fn output(&self, path: &str) -> Option<String> {
            (path == "t.value").then(|| "hey".to_owned())
        }
    }

    fn differences(expected: &Json, came: &Json) -> Vec<String> {
        let mut out = Vec::new();
        compare("it", expected, Some(came), &Blind, &mut out);
        out
    }

    #[test]
    fn what_is_as_expected_passes() {
        for (expected, came) in [
            (json!(1), json!(1.0)),
            (json!({"a": 1}), json!({"a": 1, "b": 2})),
            (json!({"a": null}), json!({})),
            (json!({"$contains": "b"}), json!("abc")),
            (json!({"$regex": "^a.c$"}), json!("abc")),
            (json!({"$startsWith": "a", "$endsWith": "c"}), json!("abc")),
            (json!({"$not": "x"}), json!("y")),
            (json!({"$absent": true}), json!(null)),
            (json!({"$fileLines": 2}), json!("kestra:///f")),
            (json!({"$containsOutput": "t.value"}), json!("they")),
        ] {
            assert_eq!(differences(&expected, &came), Vec::<String>::new(), "{expected} {came}");
        }
    }

    #[test]
    fn what_is_not_is_told() {
        for (expected, came) in [
            (json!(1), json!("1")),
            (json!({"a": 1}), json!({"b": 2})),
            (json!([1]), json!([1, 2])),
            (json!({"$contains": "x"}), json!("abc")),
            (json!({"$not": "x"}), json!("x")),
            (json!({"$not": "x"}), json!(null)),
            (json!({"$notNull": true}), json!(null)),
            (json!({"$absent": true}), json!(0)),
            (json!({"$fileContent": "a"}), json!("kestra:///f")),
            (json!({"$fileLines": 1}), json!("kestra:///g")),
            (json!({"$containsOutput": "t.value"}), json!("no")),
            (json!({"$unknown": 1}), json!(1)),
        ] {
            assert_eq!(differences(&expected, &came).len(), 1, "{expected} {came}");
        }
    }

    #[test]
    fn names_are_filled_in() {
        let names = Map::from_iter([("id".to_owned(), json!("7"))]);
        assert_eq!(filled(&json!({"a": ["x<id>y", "<other>"]}), &names), json!({"a": ["x7y", "<other>"]}));
    }
}
