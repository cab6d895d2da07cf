//! What one step of a path finds in a value.

use super::{path::Step, walk::Walk};
use crate::{List, Value, eval::Halt};

impl<'e> Walk<'e> {
    /// What a step finds in each of the values; nothing when a function cannot be applied to one of them.
    pub(super) fn each(
        &mut self,
        step: &Step,
        values: Vec<Value<'e>>,
        after: &[Step],
    ) -> Result<Option<Vec<Value<'e>>>, Halt> {
        let mut found = Vec::new();
        for value in values {
            self.budget.spend(1)?;
            match step {
                Step::Key(key) => found.extend(self.entry(&value, key)?),
                Step::Keys(keys) if after.is_empty() => found.extend(self.part(&value, keys)?),
                Step::Keys(keys) => {
                    for key in keys {
                        found.extend(self.entry(&value, key)?);
                    }
                }
                Step::Index(index) => found.extend(item(&value, *index)),
                Step::Indexes(indexes) => {
                    self.budget.spend_items(indexes.len())?;
                    found.extend(indexes.iter().filter_map(|index| item(&value, *index)));
                }
                Step::Slice { from, to, step } => self.slice(&value, (*from, *to, *step), &mut found)?,
                Step::All => self.children(&value, &mut found)?,
                Step::Below => self.below(value, after, &mut found)?,
                Step::Filter(condition) => match &value {
                    Value::Map(_) => {
                        if self.holds(condition, &value)? {
                            found.push(value);
                        }
                    }
                    Value::List(list) => {
                        for item in list.iter() {
                            self.budget.spend_copy(&item)?;
                            if self.holds(condition, &item)? {
                                found.push(item);
                            }
                        }
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Int(_)
                    | Value::Integer(_)
                    | Value::Double(_)
                    | Value::String(_) => {}
                },
                Step::Call(function, arguments) => match self.call(*function, arguments, &value)? {
                    Some(value) => found.push(value),
                    None => return Ok(None),
                },
            }
        }
        found.iter().try_for_each(|value| self.budget.spend_copy(value))?;
        Ok(Some(found))
    }

    pub(super) fn entry(&mut self, value: &Value<'e>, key: &str) -> Result<Option<Value<'e>>, Halt> {
        self.budget.spend(1)?;
        let Value::Map(map) = value else {
            return Ok(None);
        };
        self.budget.spend_search(map)?;
        Ok(map.get(key))
    }

    /// The part of a map that has these keys.
    pub(super) fn part(&mut self, value: &Value<'e>, keys: &[Box<str>]) -> Result<Option<Value<'e>>, Halt> {
        let Value::Map(_) = value else {
            return Ok(None);
        };
        let mut part: Vec<(String, Value<'e>)> = Vec::new();
        for key in keys {
            self.budget.spend_walk(part.len())?;
            if let Some(found) = self.entry(value, key)?
                && part.iter().all(|(name, _)| **name != **key)
            {
                self.budget.spend_copy(&found)?;
                part.push((key.to_string(), found));
            }
        }
        Ok(Some(Value::map(part)))
    }

    /// The items of a list, the values of a map.
    fn children(&mut self, value: &Value<'e>, found: &mut Vec<Value<'e>>) -> Result<(), Halt> {
        let mut add = |child: Value<'e>| {
            self.budget.spend(1)?;
            self.budget.spend_copy(&child)?;
            found.push(child);
            Ok(())
        };
        match value {
            Value::List(list) => list.iter().try_for_each(&mut add),
            Value::Map(map) => map.iter().try_for_each(|(_, child)| add(child)),
            Value::Null
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Integer(_)
            | Value::Double(_)
            | Value::String(_) => Ok(()),
        }
    }

    fn slice(
        &mut self,
        value: &Value<'e>,
        (from, to, step): (Option<i64>, Option<i64>, usize),
        found: &mut Vec<Value<'e>>,
    ) -> Result<(), Halt> {
        let Value::List(list) = value else {
            return Ok(());
        };
        let from = from.map_or(0, |from| place(from, list.len()));
        let to = to.map_or(list.len(), |to| place(to, list.len()));
        for index in (from..to).step_by(step) {
            self.budget.spend(1)?;
            found.extend(list.get(index));
        }
        Ok(())
    }

    /// A value and all lists and maps below it, each before what it holds. Jayway: a filter that comes next tests maps
    /// alone, each of which is met by itself; several keys that come last look into maps that have all of them.
    fn below(&mut self, value: Value<'e>, after: &[Step], found: &mut Vec<Value<'e>>) -> Result<(), Halt> {
        let mut open = vec![value];
        let mut children = Vec::new();
        while let Some(value) = open.pop() {
            self.budget.spend(1)?;
            self.children(&value, &mut children)?;
            let inner = children.drain(..).rev().filter(|it| matches!(it, Value::List(_) | Value::Map(_)));
            open.extend(inner);
            let is_wanted = match (&value, after) {
                (Value::Map(map), [Step::Keys(keys)]) => {
                    self.budget.spend_items(keys.len())?;
                    keys.iter().try_fold(true, |all, key| {
                        self.budget.spend_search(map)?;
                        Ok(all && map.get(key).is_some())
                    })?
                }
                (Value::Map(_), _) => true,
                (Value::List(_), after) => !matches!(after, [Step::Filter(_), ..]),
                _ => false,
            };
            if is_wanted {
                found.push(value);
            }
        }
        Ok(())
    }
}

/// The item at an index; negative ones count from the end.
pub(super) fn item<'e>(value: &Value<'e>, index: i64) -> Option<Value<'e>> {
    let Value::List(list) = value else {
        return None;
    };
    list.get(index_in(list, index)?)
}

fn index_in(list: &List<'_>, index: i64) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => list.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

/// Where a slice begins or ends, within the list.
fn place(index: i64, length: usize) -> usize {
    let magnitude = usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX);
    if index < 0 { length.saturating_sub(magnitude) } else { magnitude.min(length) }
}
