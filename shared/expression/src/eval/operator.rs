//! What the operators do.

use std::cmp::Ordering;

use super::{
    Evaluator, Halt, Outcome,
    arithmetic::{arithmetic, compare, divide, remainder, truth},
};
use crate::{
    Value,
    compare::equal,
    syntax::{Binary, Expression, Span},
};

/// What Pebble says when an operator fails, for those that wrap what their operands fail with.
pub(super) fn complaint(operator: Binary) -> Option<&'static str> {
    match operator {
        Binary::Equal => Some("Could not perform equals comparison"),
        Binary::NotEqual => Some("Could not perform not equals comparison"),
        Binary::Less => Some("Could not perform less than comparison"),
        Binary::Greater => Some("Could not perform greater than comparison"),
        Binary::LessOrEqual => Some("Could not perform less than or equals comparison"),
        Binary::GreaterOrEqual => Some("Could not perform greater than or equals comparison"),
        Binary::Add => Some("Could not perform addition"),
        Binary::Subtract => Some("Could not perform subtraction"),
        Binary::Multiply => Some("Could not perform multiplication"),
        Binary::Divide => Some("Could not perform division"),
        Binary::Remainder => Some("Could not perform modulus"),
        Binary::Or
        | Binary::And
        | Binary::Contains
        | Binary::Concatenate
        | Binary::Range
        | Binary::OrElse
        | Binary::OrUndefined => None,
    }
}

impl<'e> Evaluator<'e> {
    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: Outcome<'e>,
        right: &'e Expression,
        span: Span,
    ) -> Outcome<'e> {
        match operator {
            Binary::OrElse => match left {
                Ok(Value::Null) | Err(Halt::Missing(_)) => self.expression(right),
                known => known,
            },
            Binary::OrUndefined => match left {
                Err(Halt::Missing(_)) => self.expression(right),
                known => known,
            },
            Binary::And => {
                let holds = truth(&left?, "the `and` operator")?
                    && truth(&self.expression(right)?, "the `and` operator")?;
                Ok(Value::Bool(holds))
            }
            Binary::Or => {
                let holds = truth(&left?, "the `or` operator")?
                    || truth(&self.expression(right)?, "the `or` operator")?;
                Ok(Value::Bool(holds))
            }
            Binary::Contains
            | Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::Greater
            | Binary::LessOrEqual
            | Binary::GreaterOrEqual
            | Binary::Add
            | Binary::Subtract
            | Binary::Multiply
            | Binary::Divide
            | Binary::Remainder
            | Binary::Concatenate
            | Binary::Range => {
                let outcome =
                    self.both(left, right).and_then(|(left, right)| self.strict(operator, &left, &right));
                match complaint(operator) {
                    Some(what) => outcome.map_err(|halt| halt.because(what, span)),
                    None => outcome,
                }
            }
        }
    }

    /// Both sides. When the left one needs the outside, the right one is still looked at for its needs.
    fn both(&mut self, left: Outcome<'e>, right: &'e Expression) -> Result<(Value<'e>, Value<'e>), Halt> {
        match left {
            Ok(left) => Ok((left, self.expression(right)?)),
            Err(Halt::Pending) => {
                let _for_its_needs = self.expression(right);
                Err(Halt::Pending)
            }
            Err(halt) => Err(halt),
        }
    }

    /// The operators that want both sides.
    fn strict(&mut self, operator: Binary, left: &Value<'e>, right: &Value<'e>) -> Outcome<'e> {
        match operator {
            Binary::Equal => Ok(Value::Bool(equal(left, right, &mut self.state.budget)?)),
            Binary::NotEqual => Ok(Value::Bool(!equal(left, right, &mut self.state.budget)?)),
            Binary::Less => compare(left, right, "LESS_THAN", Ordering::is_lt),
            Binary::Greater => compare(left, right, "GREATER_THAN", Ordering::is_gt),
            Binary::LessOrEqual => compare(left, right, "LESS_THAN_EQUALS", Ordering::is_le),
            Binary::GreaterOrEqual => compare(left, right, "GREATER_THAN_EQUALS", Ordering::is_ge),
            Binary::Add => self.add(left, right),
            Binary::Subtract => match left {
                Value::List(list) => self.without(list, right),
                _ => arithmetic(left, right, "SUBTRACT", |a, b| Some(a.wrapping_sub(b)), |a, b| a - b),
            },
            Binary::Multiply => {
                arithmetic(left, right, "MULTIPLY", |a, b| Some(a.wrapping_mul(b)), |a, b| a * b)
            }
            Binary::Divide => arithmetic(left, right, "DIVIDE", divide, |a, b| a / b),
            Binary::Remainder => arithmetic(left, right, "MODULUS", remainder, |a, b| a % b),
            Binary::Concatenate => self.concatenate(&[left, right]),
            Binary::Range => self.range(left, right, 1),
            Binary::Contains => self.contains(left, right).map(Value::Bool),
            Binary::Or | Binary::And | Binary::OrElse | Binary::OrUndefined => {
                unreachable!("the lazy operators are done in `binary`")
            }
        }
    }
}
