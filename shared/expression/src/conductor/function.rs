//! Functions at the end of a path: `.length()`, `.sum()`.

use super::{
    path::{Argument, Function},
    walk::{Found, Walk},
};
use crate::{List, Value, compare, eval::Halt, output::Output, output::scalar_text};

impl<'e> Walk<'e> {
    /// What a function gives for a value; nothing when it cannot be applied to it.
    pub(super) fn call(
        &mut self,
        function: Function,
        arguments: &[Argument],
        value: &Value<'e>,
    ) -> Result<Option<Value<'e>>, Halt> {
        self.budget.spend(1)?;
        Ok(match function {
            Function::Length => self.length(arguments, value)?,
            Function::Average | Function::Max | Function::Min | Function::Sum => {
                aggregate(function, &self.numbers(arguments, value)?).map(Value::Double)
            }
            Function::Concat => Some(self.concat(arguments, value)?),
            Function::Keys => Some(match value {
                Value::Map(map) => {
                    let keys = map.keys();
                    self.budget.spend_items(keys.len())?;
                    Value::list(keys.into_iter().map(Value::String).collect())
                }
                _ => Value::Null,
            }),
            Function::First => match value {
                Value::List(list) => list.get(0),
                _ => None,
            },
            Function::Last => match value {
                Value::List(list) => list.len().checked_sub(1).and_then(|last| list.get(last)),
                _ => None,
            },
        })
    }

    /// What a function gives for all that `..` found. Jayway: of these the length is how many children they have.
    pub(super) fn call_of_all(
        &mut self,
        function: Function,
        arguments: &[Argument],
        values: Vec<Value<'e>>,
    ) -> Result<Option<Value<'e>>, Halt> {
        match function {
            Function::Length => Ok(Some(self.count_of_children(&values)?)),
            _ => self.call(function, arguments, &Value::list(values)),
        }
    }

    fn length(&mut self, arguments: &[Argument], value: &Value<'e>) -> Result<Option<Value<'e>>, Halt> {
        if let [Argument::Path(path), ..] = arguments {
            let values = match self.find(path, Some(value))? {
                Found::Nothing => Vec::new(),
                Found::One(value) => vec![value],
                Found::Many(values) => values,
            };
            return self.count_of_children(&values).map(Some);
        }
        Ok(Some(match value {
            Value::List(list) => whole(list.len()),
            Value::Map(map) => whole(map.len()),
            _ => Value::Null,
        }))
    }

    fn count_of_children(&mut self, values: &[Value<'e>]) -> Result<Value<'e>, Halt> {
        let mut count = 0;
        for value in values {
            self.budget.spend(1)?;
            count += match value {
                Value::List(list) => list.len(),
                Value::Map(map) => map.len(),
                _ => 0,
            };
        }
        Ok(whole(count))
    }

    /// The numbers of a list, and those that are given.
    fn numbers(&mut self, arguments: &[Argument], value: &Value<'e>) -> Result<Vec<f64>, Halt> {
        let mut numbers = Vec::new();
        if let Value::List(list) = value {
            self.budget.spend_items(list.len())?;
            numbers.extend(list.iter().filter_map(|item| compare::as_double(&item)));
        }
        let given = self.given(arguments, value)?;
        numbers.extend(given.iter().filter_map(compare::as_double));
        Ok(numbers)
    }

    /// The texts of a list, and whatever is given, one after the other.
    fn concat(&mut self, arguments: &[Argument], value: &Value<'e>) -> Result<Value<'e>, Halt> {
        let mut text = Output::new(self.environment.limits.output_bytes);
        if let Value::List(list) = value {
            self.budget.spend_items(list.len())?;
            for item in list.iter() {
                if let Value::String(item) = item {
                    text.push(&item)?;
                }
            }
        }
        for given in self.given(arguments, value)? {
            text.push(&scalar_text(&given).unwrap_or_default())?;
        }
        self.budget.spend_bytes(text.len())?;
        Ok(Value::text(text.into_text()))
    }

    /// The arguments, lists among them item by item.
    fn given<'v>(&mut self, arguments: &'v [Argument], value: &Value<'e>) -> Result<Vec<Value<'v>>, Halt>
    where
        'e: 'v,
    {
        let mut given: Vec<Value<'v>> = Vec::new();
        for argument in arguments {
            let found = match argument {
                Argument::Literal(json) => Value::from(json),
                Argument::Path(path) => match self.find(path, Some(value))?.into_value() {
                    Some(found) => found,
                    None => continue,
                },
            };
            match found {
                Value::List(list) => {
                    self.budget.spend_items(List::len(&list))?;
                    given.extend(list.iter());
                }
                single => given.push(single),
            }
        }
        Ok(given)
    }
}

/// Jayway: always a double, and nothing for no numbers.
#[allow(clippy::cast_precision_loss, reason = "a list is never that long")]
fn aggregate(function: Function, numbers: &[f64]) -> Option<f64> {
    let sum = || numbers.iter().sum::<f64>();
    let reduced = |keep: fn(f64, f64) -> f64| numbers.iter().copied().reduce(keep);
    match function {
        _ if numbers.is_empty() => None,
        Function::Sum => Some(sum()),
        Function::Average => Some(sum() / numbers.len() as f64),
        Function::Max => reduced(f64::max),
        Function::Min => reduced(f64::min),
        Function::Concat | Function::First | Function::Keys | Function::Last | Function::Length => None,
    }
}

fn whole(count: usize) -> Value<'static> {
    Value::of_whole(i64::try_from(count).unwrap_or(i64::MAX))
}
