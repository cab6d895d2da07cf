//! jq's functions that give outputs one after the other, and those that want only some of them.

use super::{
    native::Call,
    operate::{self, truth},
    run::{Done, Machine, Outputs, error},
    scope::Scope,
    syntax::{Operator, Term},
};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    /// What wants only some of the outputs of a term.
    pub(super) fn some<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        let (counts, term) = match (name, arguments) {
            ("nth", [at]) => {
                for at in self.all(at, scope, input)? {
                    let value = operate::index(self, input, &at)?;
                    self.give(out, value)?;
                }
                return Ok(());
            }
            ("limit" | "skip" | "nth", [count, term]) => (self.all(count, scope, input)?, term),
            ("first" | "last" | "isempty", [term]) => (vec![Value::Integer(1)], term),
            _ => return Err(call.unknown()),
        };
        for count in counts {
            let count = count.whole().ok_or_else(|| error(format!("`{name}` takes a whole number")))?;
            let count = usize::try_from(count).unwrap_or(0);
            let wanted = match name {
                "limit" if count == 0 => continue,
                "limit" | "first" | "isempty" => count,
                "nth" => count.saturating_add(1),
                _ => usize::MAX,
            };
            let (mut values, done) = self.first(wanted, term, scope, input);
            match name {
                "isempty" => {
                    if values.is_empty() {
                        done?;
                    }
                    return self.give(out, Value::Bool(values.is_empty()));
                }
                "skip" | "nth" => drop(values.drain(..count.min(values.len()))),
                "last" => {
                    done?;
                    if let Some(last) = values.pop() {
                        self.give(out, last)?;
                    }
                    continue;
                }
                _ => {}
            }
            values.into_iter().try_for_each(|value| self.give(out, value))?;
            done?;
        }
        Ok(())
    }

    /// `recurse`, `repeat` and `while`: a value, then what the term makes of it, and so on, from a list of those
    /// still to do and not by recursion.
    pub(super) fn rounds<'s>(
        &mut self,
        before: Option<&'s Term>,
        term: &'s Term,
        after: Option<&'s Term>,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut open = vec![input.clone()];
        while let Some(value) = open.pop() {
            self.budget.spend(1)?;
            if let Some(condition) = before
                && !self.all(condition, scope, &value)?.iter().any(truth)
            {
                continue;
            }
            self.give(out, value.clone())?;
            let mut next = self.all(term, scope, &value)?;
            if let Some(condition) = after {
                let mut kept = Vec::new();
                for value in next {
                    if self.all(condition, scope, &value)?.iter().any(truth) {
                        kept.push(value);
                    }
                }
                next = kept;
            }
            open.extend(next.into_iter().rev());
        }
        Ok(())
    }

    pub(super) fn until<'s>(
        &mut self,
        (condition, term): (&'s Term, &'s Term),
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut open = vec![input.clone()];
        while let Some(value) = open.pop() {
            self.budget.spend(1)?;
            if self.all(condition, scope, &value)?.iter().any(truth) {
                self.give(out, value)?;
            } else {
                open.extend(self.all(term, scope, &value)?.into_iter().rev());
            }
        }
        Ok(())
    }

    pub(super) fn range<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { arguments, scope, input, .. } = call;
        let one = |value| Ok(vec![Value::Integer(value)]);
        let (starts, ends, steps) = match arguments {
            [end] => (one(0), self.all(end, scope, input), one(1)),
            [start, end] => (self.all(start, scope, input), self.all(end, scope, input), one(1)),
            [start, end, step, ..] => {
                (self.all(start, scope, input), self.all(end, scope, input), self.all(step, scope, input))
            }
            [] => return Err(call.unknown()),
        };
        let (ends, steps) = (ends?, steps?);
        for start in starts? {
            for end in &ends {
                for step in &steps {
                    let bound = |value| crate::compare::as_double(value);
                    let (Some(_), Some(_), Some(by)) = (bound(&start), bound(end), bound(step)) else {
                        return Err(error("Range bounds must be numeric"));
                    };
                    let goes_on = if by < 0.0 { Operator::Greater } else { Operator::Less };
                    let mut at = start.clone();
                    while by != 0.0 && truth(&operate::compute(self, goes_on, &at, end)?) {
                        self.give(out, at.clone())?;
                        at = operate::compute(self, Operator::Add, &at, step)?;
                    }
                }
            }
        }
        Ok(())
    }
}
