//! Expressions as they are, with nothing around them but some variables.

use std::borrow::Cow;

use expression::{Environment, Error, Limits, Supplied, Template, Value, Variables};
use serde_json::{Map, Value as Json};

struct These<'a>(&'a Map<String, Json>);

impl Variables for These<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        self.0.get(name).map(Value::from)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.0.keys().map(|name| name.as_str().into()).collect()
    }
}

pub(super) fn render(source: &str, variables: &Map<String, Json>) -> Result<String, String> {
    let environment = Environment {
        variables: &These(variables),
        supplied: &Supplied::new(),
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: &jiff::tz::TimeZone::UTC,
        seed: 1,
        limits: Limits::default(),
    };
    let template = Template::parse(source).map_err(|error| error.to_string())?;
    template.render(&environment).map_err(|error| match error {
        Error::Failed(failure) => failure.to_string(),
        Error::Needs(_) => panic!("`{source}` needs the outside"),
    })
}
