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

/// The ERROR lines of the execution. Kestra: only where tasks run.
pub(super) fn error_logs<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    match call.evaluator.environment.variables.error_logs() {
        Some(lines) => call.list(lines),
        None => Err(Halt::failed("The 'errorLogs' function needs an execution.")),
    }
}

/// The tasks in a state: `{taskId, state}`, and the `value` of those that have one. Read from `tasks`, as in Kestra.
pub(super) fn tasks_with_state<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let Some(wanted) = call.optional_text(0)?.map(|state| state.to_uppercase()) else {
        return Err(Halt::failed("The 'tasksWithState' function expects an argument 'state'."));
    };
    let mut found = Vec::new();
    if let Some(Value::Map(tasks)) = call.evaluator.environment.variables.get("tasks") {
        for (id, task) in tasks.iter() {
            call.budget().spend(1)?;
            let Value::Map(entries) = task else { continue };
            for (key, entry) in entries.iter() {
                call.budget().spend(1)?;
                let (state, value) = match entry {
                    Value::Map(_) => (field(&entry, "state"), Some(key)),
                    state => (Some(state), None),
                };
                if let Some(Value::String(state)) = state
                    && *state == *wanted
                {
                    let mut task = vec![
                        ("taskId".to_owned(), Value::text(id.clone())),
                        ("state".to_owned(), Value::text(state)),
                    ];
                    task.extend(value.map(|value| ("value".to_owned(), Value::text(value))));
                    found.push(Value::map(task));
                }
            }
        }
    }
    call.list(found)
}

/// The output of a sibling in this iteration: the values of all iterations around it, outermost first, and
/// its own lead through the map. In a `WorkingDirectory` the run has no value of its own, but shows that of the group.
pub(super) fn current_each_output<'e>(call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut output = call.value(0)?.clone();
    let variables = call.evaluator.environment.variables;
    let around = match variables.get("parents") {
        Some(Value::List(parents)) => parents.iter().rev().collect(),
        _ => Vec::new(),
    };
    call.budget().spend_items(around.len())?;
    let mut values: Vec<Value<'e>> = around.iter().filter_map(|parent| iteration_value(parent)).collect();
    if variables.get("workerTaskrun").is_none() {
        values.extend(variables.get("taskrun").and_then(|taskrun| field(&taskrun, "value")));
    }
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
        | Value::Int(_)
        | Value::Integer(_)
        | Value::Double(_)
        | Value::String(_)
        | Value::List(_) => None,
    }
}
