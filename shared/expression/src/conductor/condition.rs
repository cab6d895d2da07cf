//! Whether a condition of a filter holds for a value.

use serde_json::Value as Json;

use super::{
    compare,
    path::{Comparison, Condition, Operand, Pattern},
    walk::{Found, Walk},
};
use crate::{List, Value, eval::Halt, output::scalar_text};

impl<'e> Walk<'e> {
    pub(super) fn holds(&mut self, condition: &Condition, current: &Value<'e>) -> Result<bool, Halt> {
        self.budget.spend(1)?;
        match condition {
            Condition::Any(any) => {
                for condition in any {
                    if self.holds(condition, current)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::All(all) => {
                for condition in all {
                    if !self.holds(condition, current)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => Ok(!self.holds(condition, current)?),
            Condition::Exists(path) => Ok(match self.find(path, Some(current))? {
                Found::Nothing => false,
                Found::One(_) => true,
                Found::Many(values) => !values.is_empty(),
            }),
            Condition::Compares(left, comparison, right) => match (left, right) {
                (Operand::Pattern(_), Operand::Pattern(_)) => Ok(false),
                (Operand::Pattern(pattern), other) | (other, Operand::Pattern(pattern)) => {
                    let value = self.operand(other, current)?;
                    Ok(*comparison == Comparison::Matches && self.matches(value.as_ref(), pattern)?)
                }
                _ => {
                    let left = self.operand(left, current)?;
                    let right = self.operand(right, current)?;
                    self.compares(left.as_ref(), *comparison, right.as_ref())
                }
            },
        }
    }

    fn operand<'v>(&mut self, operand: &'v Operand, current: &Value<'e>) -> Result<Option<Value<'v>>, Halt>
    where
        'e: 'v,
    {
        match operand {
            Operand::Path(path) => Ok(self.find(path, Some(current))?.into_value()),
            Operand::Literal(json) => Ok(Some(Value::from(json))),
            Operand::Pattern(_) => Ok(None),
        }
    }

    /// Jayway: what is missing is equal to nothing, not even to null, and comes neither before nor after anything.
    fn compares(
        &mut self,
        left: Option<&Value<'_>>,
        comparison: Comparison,
        right: Option<&Value<'_>>,
    ) -> Result<bool, Halt> {
        let both = left.zip(right);
        let order = || both.and_then(|(left, right)| compare::order(left, right));
        Ok(match comparison {
            Comparison::Equal => self.is_equal(both)?,
            Comparison::NotEqual => !self.is_equal(both)?,
            Comparison::Same => self.is_same(both)?,
            Comparison::NotSame => !self.is_same(both)?,
            Comparison::Less => order().is_some_and(std::cmp::Ordering::is_lt),
            Comparison::LessOrEqual => order().is_some_and(std::cmp::Ordering::is_le),
            Comparison::Greater => order().is_some_and(std::cmp::Ordering::is_gt),
            Comparison::GreaterOrEqual => order().is_some_and(std::cmp::Ordering::is_ge),
            Comparison::Matches => false,
            Comparison::In => self.is_in(left, right)?,
            Comparison::NotIn => !self.is_in(left, right)?,
            Comparison::Contains => match both {
                Some((Value::String(left), Value::String(right))) => {
                    self.budget.spend_bytes(left.len())?;
                    left.contains(&**right)
                }
                _ => self.is_in(right, left)?,
            },
            Comparison::Size => match both {
                Some((value, size)) => size.whole().is_some() && size.whole() == compare::size(value),
                None => false,
            },
            Comparison::Empty => match both {
                Some((value, Value::Bool(is_empty))) => compare::is_empty(value) == Some(*is_empty),
                _ => false,
            },
        })
    }

    fn is_equal(&mut self, both: Option<(&Value<'_>, &Value<'_>)>) -> Result<bool, Halt> {
        match both {
            Some((left, right)) => compare::equal(left, right, &mut self.budget),
            None => Ok(false),
        }
    }

    fn is_same(&mut self, both: Option<(&Value<'_>, &Value<'_>)>) -> Result<bool, Halt> {
        match both {
            Some((left, right)) => crate::compare::equal(left, right, &mut self.budget),
            None => Ok(false),
        }
    }

    fn is_in(&mut self, value: Option<&Value<'_>>, list: Option<&Value<'_>>) -> Result<bool, Halt> {
        let (Some(value), Some(Value::List(list))) = (value, list) else {
            return Ok(false);
        };
        for item in list.iter() {
            self.budget.spend(1)?;
            if compare::equal(&item, value, &mut self.budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a pattern matches a whole text, or one of a list. Jayway: what has no text is as good as an empty one.
    fn matches(&mut self, value: Option<&Value<'_>>, pattern: &Pattern) -> Result<bool, Halt> {
        let Some(regex) = self.patterns.compiled(pattern, &mut self.budget)? else {
            return Ok(false);
        };
        let empty = [Json::Null];
        let list = match value {
            Some(Value::List(list)) => list.clone(),
            Some(value) => List::Owned(vec![value.clone()].into()),
            None => List::Borrowed(&empty),
        };
        for item in list.iter() {
            let text = scalar_text(&item).unwrap_or_default();
            self.budget.spend(1)?;
            self.budget.spend_walk(text.len())?;
            if regex.is_match(&text) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
