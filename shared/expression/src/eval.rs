//! Evaluation: a walk over the tree that computes values and prints text.
//!
//! # Invariants
//! * Every node costs fuel, and so does every item and every 64 bytes that an expression makes: work and
//!   memory are bounded by [`Limits::fuel`](crate::Limits), whatever the template does.
//! * Values made by an expression are at most [`Limits::depth`](crate::Limits) deep, so that nothing that
//!   walks them can overflow the stack.

mod access;
mod arithmetic;
mod budget;
mod call;
mod collection;
mod expression;
mod halt;
mod method;
mod miss;
mod operator;
mod progress;
mod scope;
mod sink;
mod statement;
mod weight;

#[cfg(test)]
mod tests;

pub(crate) use budget::Budget;
pub(crate) use halt::Halt;
pub(crate) use weight::check as check_weight;

use serde_json::Value as Json;

use crate::{
    Environment, Error, Value,
    functions::Chance,
    syntax::{self, Tree},
};
use scope::Scopes;
use sink::Sink;

/// What an evaluation of a value gives.
pub(crate) type Outcome<'e> = Result<Value<'e>, Halt>;

/// One walk over one template.
pub(crate) struct Evaluator<'e> {
    pub(crate) environment: Environment<'e>,
    source: &'e str,
    tree: &'e Tree,
    scopes: Scopes<'e>,
    sink: Sink<'e>,
    pub(crate) state: State,
    /// Whether what is missing is caught further out: a hint would be made for nobody, again and again in a loop.
    is_forgiving: bool,
    /// Whether `{% raw %}` prints itself with its tags, to survive another round of rendering.
    keep_raw: bool,
}

/// What a template shares with those that it renders by `render()`.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) budget: Budget,
    pub(crate) chance: Chance,
}

/// Renders a template to text.
pub(crate) fn render(source: &str, tree: &Tree, environment: &Environment<'_>) -> Result<String, Error> {
    let sink = Sink::text_of(source, environment.limits.output_bytes);
    Evaluator::new(source, tree, environment, sink).run(Sink::into_text)
}

/// Renders a template to a value.
pub(crate) fn evaluate(source: &str, tree: &Tree, environment: &Environment<'_>) -> Result<Json, Error> {
    let limits = environment.limits;
    Evaluator::new(source, tree, environment, Sink::typed(limits.output_bytes)).run(|sink| {
        let value = sink.into_value();
        weight::check(&value, &limits)?;
        Ok(value.to_json())
    })
}

impl<'e> Evaluator<'e> {
    fn new(source: &'e str, tree: &'e Tree, environment: &Environment<'e>, sink: Sink<'e>) -> Self {
        let state = State { budget: Budget::new(&environment.limits), chance: Chance::new(environment.seed) };
        Self {
            environment: *environment,
            source,
            tree,
            scopes: Scopes::default(),
            sink,
            state,
            is_forgiving: false,
            keep_raw: false,
        }
    }

    fn run<T>(mut self, finish: impl FnOnce(Sink<'e>) -> Result<T, Halt>) -> Result<T, Error> {
        let done = self.body(&self.tree.body).and_then(|()| finish(self.sink));
        done.map_err(|halt| halt.into_error(self.source, self.state.budget.open))
    }

    /// Renders another template with the variables in sight here, and pays for it from the same budget.
    pub(crate) fn render_inner(&mut self, source: &str, keep_raw: bool) -> Result<Inner, Halt> {
        self.state.budget.spend_items(source.len() / 16)?;
        let tree = syntax::parse(source).map_err(|error| Halt::unparsed(&error, source))?;
        let settled = tree.is_settled();
        self.state.budget.enter()?;
        let mut inner = Evaluator {
            environment: self.environment,
            source,
            tree: &tree,
            scopes: self.scopes.clone(),
            sink: Sink::text(self.environment.limits.output_bytes),
            state: std::mem::take(&mut self.state),
            is_forgiving: false,
            keep_raw: keep_raw && !settled,
        };
        let rendered = inner.body(&tree.body);
        self.state = std::mem::take(&mut inner.state);
        self.state.budget.leave();
        match rendered {
            Ok(()) => Ok(Inner { text: inner.sink.into_text()?, settled }),
            Err(Halt::Pending) => Err(Halt::Pending),
            Err(halt) => Err(halt.into_inner(source)),
        }
    }
}

/// What a template inside a template gave.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) text: String,
    /// It held nothing that another round could change.
    pub(crate) settled: bool,
}
