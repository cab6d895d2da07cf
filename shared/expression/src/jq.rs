//! `jq`: programs in the language of the same name, within the limits of the rendering.
//!
//! A machine of our own, because programs come from the authors of flows and may be anything: what exists for Rust
//! suspends iterators in each other, and cannot be told to stop. Here every term costs a step, every level of
//! nesting one of the rendering's, and every value what it weighs, so `def f: 1 + f; f`, `[repeat(1)]` and
//! `last(range(1e12))` end with an error.
//!
//! Not there, and refused by name: what looks at the clock, the environment or more inputs (`now`, `env`, `$ENV`,
//! `input`, `halt`, dates), streams (`tostream`), formats but `@text`, `@json` and `@base64`, patterns beyond `test`.
//! A source is read to its end before what follows it runs, save that `first`, `limit`, `nth` and `isempty` stop the
//! last stage of a pipe; `[limit(3; repeat(1) | . + 1)]` therefore meets the limit of steps.

mod bind;
mod edit;
mod native;
mod operate;
mod parse;
mod path;
mod run;
mod scope;
mod simple;
mod syntax;

#[cfg(test)]
mod tests;

use crate::{
    Limits, Value,
    eval::{Budget, Halt},
    excerpt::repeated,
};
use run::{Machine, Stop};
use scope::Scope;

/// Everything that the program gives for the input, as a list.
pub(crate) fn run<'e>(
    program: &str,
    input: &Value<'e>,
    budget: &mut Budget,
    limits: &Limits,
) -> Result<Value<'e>, Halt> {
    budget.spend_items(program.len() / 16)?;
    let term = parse::parse(program)
        .map_err(|why| Halt::failed(format!("Invalid jq `{}`: {why}", repeated(program))))?;
    let mut machine = Machine::new(budget, limits.output_bytes, limits.depth as usize);
    match machine.all(&term, &Scope::default(), input) {
        Ok(values) => {
            let list = Value::list(values);
            budget.check_nesting(&list)?;
            Ok(list)
        }
        Err(Stop::Halt(halt)) => Err(halt),
        Err(Stop::Break(_)) => {
            Err(Halt::failed(format!("jq `{}`: break without its label", repeated(program))))
        }
        Err(Stop::Error(value)) => {
            let message = match &value {
                Value::String(message) => message.clone().into_owned(),
                other => {
                    let mut text = crate::output::Output::new(limits.output_bytes);
                    text.json(other)?;
                    text.into_text()
                }
            };
            Err(Halt::failed(format!("jq `{}`: {message}", repeated(program))))
        }
    }
}
