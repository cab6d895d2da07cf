//! `jq`: `{{ vars | jq('.list[] | select(. > 1)') }}` gives the list of the program's outputs.

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    jq,
};

/// A text is taken as the JSON it holds; everything else as it is. The result is always a list.
pub(super) fn jq<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let program = call.text(0)?;
    let limits = call.evaluator.environment.limits;
    let Value::String(text) = input else {
        return jq::run(&program, input, call.budget(), &limits);
    };
    call.budget().spend_json(text)?;
    let json = serde_json::from_str(text).map_err(|error| Halt::failed(format!("Invalid json: {error}")))?;
    jq::run(&program, &Value::owned(json), call.budget(), &limits)
}
