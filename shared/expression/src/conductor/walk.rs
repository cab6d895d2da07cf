//! What a path finds, step by step: one value for as long as that is sure, then all of them side by side.

use super::{
    path::{Origin, Path, Step},
    patterns::Patterns,
    step::item,
};
use crate::{
    Environment, Value,
    eval::{Budget, Halt, Outcome},
};

/// One rendering of one text.
pub(super) struct Walk<'e> {
    pub(super) environment: Environment<'e>,
    pub(super) budget: Budget,
    pub(super) patterns: Patterns,
}

#[derive(Debug)]
pub(super) enum Found<'e> {
    Nothing,
    One(Value<'e>),
    /// By a path that may find several.
    Many(Vec<Value<'e>>),
}

impl<'e> Found<'e> {
    pub(super) fn into_value(self) -> Option<Value<'e>> {
        match self {
            Self::Nothing => None,
            Self::One(value) => Some(value),
            Self::Many(values) => Some(Value::list(values)),
        }
    }
}

impl<'e> Walk<'e> {
    pub(super) fn new(environment: &Environment<'e>) -> Self {
        Self {
            environment: *environment,
            budget: Budget::new(&environment.limits),
            patterns: Patterns::default(),
        }
    }

    /// What a path finds; null when that is nothing.
    pub(super) fn value(&mut self, path: &Path) -> Outcome<'e> {
        Ok(self.find(path, None)?.into_value().unwrap_or(Value::Null))
    }

    /// What a path finds; `current` is what `@` stands for.
    pub(super) fn find(&mut self, path: &Path, current: Option<&Value<'e>>) -> Result<Found<'e>, Halt> {
        self.budget.spend(1)?;
        match (path.origin, current, &path.steps[..]) {
            (Origin::Current, Some(current), steps) => {
                self.budget.spend_copy(current)?;
                self.from(current.clone(), steps)
            }
            (Origin::Document, _, [Step::Key(name), steps @ ..]) => {
                match self.environment.variables.get(name) {
                    Some(value) => self.from(value, steps),
                    None => Ok(nothing(steps)),
                }
            }
            (Origin::Document | Origin::Current, _, steps) => {
                let document = self.document()?;
                self.from(document, steps)
            }
        }
    }

    /// All variables. Built only for a path that does not begin with a name.
    fn document(&mut self) -> Outcome<'e> {
        let variables = self.environment.variables;
        let names = variables.names();
        self.budget.spend_items(names.len())?;
        let entries =
            names.into_iter().filter_map(|name| Some((name.to_string(), variables.get(&name)?))).collect();
        Ok(Value::map(entries))
    }

    fn from(&mut self, mut value: Value<'e>, mut steps: &[Step]) -> Result<Found<'e>, Halt> {
        loop {
            // The usual path is keys alone, and needs no list of what it has found so far.
            while let Some((step, after)) = steps.split_first() {
                let next = match step {
                    Step::Key(key) => self.entry(&value, key)?,
                    Step::Index(index) => item(&value, *index),
                    Step::Call(function, arguments) => self.call(*function, arguments, &value)?,
                    Step::Keys(keys) if after.is_empty() => self.part(&value, keys)?,
                    Step::Keys(_)
                    | Step::All
                    | Step::Indexes(_)
                    | Step::Slice { .. }
                    | Step::Below
                    | Step::Filter(_) => break,
                };
                steps = after;
                let Some(next) = next else {
                    return Ok(nothing(steps));
                };
                self.budget.spend(1)?;
                self.budget.spend_copy(&next)?;
                value = next;
            }
            if steps.is_empty() {
                return Ok(Found::One(value));
            }
            let mut values = vec![value];
            let mut is_below = false;
            let gathered = loop {
                let Some((step, after)) = steps.split_first() else {
                    return Ok(Found::Many(values));
                };
                steps = after;
                match step {
                    Step::Call(function, arguments) if is_below => {
                        break self.call_of_all(*function, arguments, values)?;
                    }
                    _ => match self.each(step, values, after)? {
                        Some(found) => values = found,
                        None => return Ok(nothing(after)),
                    },
                }
                is_below |= matches!(step, Step::Below);
            };
            match gathered {
                Some(gathered) => value = gathered,
                None => return Ok(nothing(steps)),
            }
        }
    }
}

/// What a path gives that finds nothing, when these steps are still to come.
fn nothing<'e>(steps: &[Step]) -> Found<'e> {
    let mut is_definite = true;
    let mut is_below = false;
    for (index, step) in steps.iter().enumerate() {
        match step {
            Step::Key(_) | Step::Index(_) => {}
            Step::Keys(_) => is_definite &= index + 1 == steps.len(),
            Step::All | Step::Indexes(_) | Step::Slice { .. } | Step::Filter(_) => is_definite = false,
            Step::Below => (is_definite, is_below) = (false, true),
            Step::Call(..) => {
                is_definite |= is_below;
                is_below = false;
            }
        }
    }
    if is_definite { Found::Nothing } else { Found::Many(Vec::new()) }
}
