//! Rendering the expressions of a flow for an execution.

use expression::{Environment, Error, Limits, Template, Variables};
use serde_json::{Map, Value as Json};

use super::World;
use crate::flow::Rendered;

/// Renders in one context.
pub(super) struct Renderer<'c> {
    environment: Environment<'c>,
}

impl<'c> Renderer<'c> {
    /// `chance` is what `uuid()` and its like start from: the same task run always renders the same.
    pub(super) fn new(context: &'c dyn Variables, world: &'c World<'c>, chance: u128) -> Self {
        let seed =
            u64::try_from((chance ^ (chance >> 64)) & u128::from(u64::MAX)).expect("masked to 64 bits");
        Self {
            environment: Environment {
                variables: context,
                supplied: world.supplied,
                now: world.now.to_jiff(),
                zone: world.zone,
                seed,
                limits: Limits::default(),
            },
        }
    }

    pub(super) fn text(&self, template: &Template) -> Result<String, Error> {
        match template.literal() {
            Some(text) => Ok(text.to_owned()),
            None => template.render(&self.environment),
        }
    }

    /// The value of a template that is one expression.
    pub(super) fn one(&self, template: &Template) -> Result<Json, Error> {
        template.evaluate(&self.environment)
    }

    /// Renders strings to strings and keeps everything else. Kestra: keys are rendered as well.
    pub(super) fn value(&self, value: &Rendered) -> Result<Json, Error> {
        match value {
            Rendered::Literal(json) => Ok(json.clone()),
            Rendered::Template(template) => self.text(template).map(Json::String),
            Rendered::Typed(template) => template.evaluate(&self.environment),
            Rendered::List(items) => {
                items.iter().map(|item| self.value(item)).collect::<Result<_, _>>().map(Json::Array)
            }
            Rendered::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(self.text(key)?, self.value(value)?);
                }
                Ok(Json::Object(map))
            }
        }
    }

    /// As [`Self::value`], but one expression alone keeps its type.
    pub(super) fn typed(&self, value: &Rendered) -> Result<Json, Error> {
        match value {
            Rendered::Template(template) | Rendered::Typed(template) => template.evaluate(&self.environment),
            Rendered::Literal(_) | Rendered::List(_) | Rendered::Map(_) => self.value(value),
        }
    }
}

/// Kestra's truth of a rendered text: false are the empty text, `false`, `0` and `-0`, and nothing else.
pub(super) fn truthy(text: &str) -> bool {
    !matches!(text, "" | "false" | "0" | "-0")
}
