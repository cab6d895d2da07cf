//! `JSON_JQ_TRANSFORM`: a jq program over the input of the task.

use expression::{Error, Template, Value, Variables};
use serde_json::{Map, Value as Json};

use super::{Site, pure::Done, refuse, scripted};
use crate::machine::render::Renderer;

const PROGRAM: &str = "queryExpression";
/// The machine of the expressions runs it, within their limits.
const FILTER: &str = "{{ input | jq(program) }}";

struct Query<'q> {
    input: &'q Map<String, Json>,
    program: &'q str,
}

impl Variables for Query<'_> {
    fn get(&self, name: &str) -> Option<Value<'_>> {
        match name {
            "input" => Some(Value::Map(expression::Map::Borrowed(self.input))),
            "program" => Some(Value::String(self.program.into())),
            _ => None,
        }
    }

    fn names(&self) -> Vec<std::borrow::Cow<'_, str>> {
        vec!["input".into(), "program".into()]
    }
}

pub(super) fn transform(input: &Map<String, Json>, site: &Site<'_>) -> Result<Done, Error> {
    let Some(Json::String(program)) = input.get(PROGRAM) else {
        return Ok(scripted::failed(format!("`{PROGRAM}` is missing: a text, the jq program")));
    };
    let filter = Template::parse(FILTER).map_err(|error| refuse(error.to_string()))?;
    let query = Query { input, program };
    match Renderer::new(&query, site.world, site.run.id.as_u128()).one(&filter) {
        Ok(Json::Array(list)) => {
            let first = list.first().cloned().unwrap_or(Json::Null);
            let outputs = [("result".to_owned(), first), ("resultList".to_owned(), Json::Array(list))];
            Ok(Done { outputs: outputs.into_iter().collect(), ..Done::default() })
        }
        Ok(other) => Ok(scripted::failed(format!("the program gave no list: {other}"))),
        Err(Error::Failed(failure)) => Ok(scripted::failed(failure.message)),
        Err(needs @ Error::Needs(_)) => Err(needs),
    }
}
