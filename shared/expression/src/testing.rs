//! What the tests share: some variables, and tables of expressions with what they give.

use std::borrow::Cow;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value as Json, json};

use crate::{Environment, Error, Limits, Supplied, Template, Value, Variables};

/// Variables from a JSON object.
pub(crate) struct Root(pub(crate) Json);

impl Variables for Root {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.as_object().into_iter().flat_map(|map| map.keys()).map(|name| name.as_str().into()).collect()
    }

    fn error_logs(&self) -> Option<Vec<Value<'_>>> {
        self.0.get("lines")?.as_array().map(|lines| lines.iter().map(Value::from).collect())
    }
}

pub(crate) fn root() -> Root {
    Root(json!({
        "text": "hello", "blank": " ", "one": 1, "half": 0.5, "yes": true, "nothing": null,
        "list": [3, 1, 2], "map": {"a": 1, "b-c": "x", "size": 99, "nul": null},
        "outputs": {"first": {"v1": {"value": "inner"}}},
        "taskrun": {"value": "v1"},
    }))
}

pub(crate) fn with<T>(
    root: &Root,
    supplied: &Supplied,
    limits: Limits,
    run: impl Fn(&Environment<'_>) -> T,
) -> T {
    run(&Environment {
        variables: root,
        supplied,
        now: "2024-05-06T07:08:09.012345678Z".parse::<Timestamp>().expect("a moment"),
        zone: &TimeZone::UTC,
        seed: 7,
        limits,
    })
}

pub(crate) fn evaluate(source: &str, limits: Limits) -> Result<Json, Error> {
    let template = Template::parse(source).expect("the template parses");
    with(&root(), &Supplied::new(), limits, |environment| template.evaluate(environment))
}

/// Each expression with its typed value, or with the message of its error.
pub(crate) fn table<const N: usize>(expressions: [&str; N]) -> String {
    let lines = expressions.map(|expression| {
        let source =
            if expression.contains("{%") { expression.to_owned() } else { format!("{{{{ {expression} }}}}") };
        format!("{expression}  ->  {}\n", outcome(&source).replace(&source, "…"))
    });
    lines.concat()
}

fn outcome(source: &str) -> String {
    let template = match Template::parse(source) {
        Ok(template) => template,
        Err(error) => return format!("refused: {error}"),
    };
    let evaluated =
        with(&root(), &Supplied::new(), Limits::default(), |environment| template.evaluate(environment));
    told(evaluated)
}

/// A value, or why there is none.
pub(crate) fn told(evaluated: Result<Json, Error>) -> String {
    match evaluated {
        Ok(value) => value.to_string(),
        Err(Error::Failed(failure)) => {
            format!("failed: {}", failure.message.replace("io.pebbletemplates.pebble.error.", ""))
        }
        Err(Error::Needs(needs)) => format!("needs: {needs:?}"),
    }
}
