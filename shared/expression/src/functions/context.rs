//! Functions that look at the execution around the expression.

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    output::scalar_text,
};

/// All variables.
pub(super) fn print_context<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let variables = call.evaluator.environment.variables;
    let names = variables.names();
    call.budget().spend_items(names.len())?;
    let value = |name: &str| variables.get(name).unwrap_or(Value::Null);
    Ok(Value::map(names.iter().map(|name| (name.clone().into_owned(), value(name))).collect()))
}

pub(super) fn block<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let name = call.text(0)?;
    call.evaluator.block(&name)
}

/// The output of a sibling in this iteration: the values of all iterations around it, outermost first, and
/// its own lead through the map.
pub(super) fn current_each_output<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut output = call.value(0)?.clone();
    let variables = call.evaluator.environment.variables;
    let around = match variables.get("parents") {
        Some(Value::List(parents)) => parents.iter().rev().collect(),
        _ => Vec::new(),
    };
    call.budget().spend_items(around.len())?;
    let mut values: Vec<Value<'e>> = around.iter().filter_map(|parent| iteration_value(parent)).collect();
    values.extend(variables.get("taskrun").and_then(|taskrun| field(&taskrun, "value")));
    for value in values {
        let key = scalar_text(&value).unwrap_or_default();
        let Some(next) = field(&output, &key) else {
            return Err(Halt::failed(format!("No output for the current value `{key}`")));
        };
        output = next;
    }
    Ok(output)
}

fn iteration_value<'e>(parent: &Value<'e>) -> Option<Value<'e>> {
    field(&field(parent, "taskrun")?, "value")
}

fn field<'e>(value: &Value<'e>, name: &str) -> Option<Value<'e>> {
    match value {
        Value::Map(map) => map.get(name),
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::String(_)
        | Value::List(_) => None,
    }
}
