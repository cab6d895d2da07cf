//! Patterns and calls: what names stand for.

use super::{
    native::Call,
    operate, prelude,
    run::{Done, Machine, Outputs, Stop},
    scope::{Entry, Scope},
    syntax::{Definition, Pattern, Term},
};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    pub(super) fn bind<'s>(
        &mut self,
        pattern: &'s Pattern,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        value: &Value<'e>,
    ) -> Result<Vec<Entry<'s, 'e>>, Stop<'e>> {
        match pattern {
            Pattern::Variable(name) => Ok(vec![Entry::Variable(name, value.clone())]),
            Pattern::Array(items) => {
                let mut entries = Vec::new();
                for (at, item) in (0_i64..).zip(items) {
                    let inner = operate::index(self, value, &Value::Integer(at))?;
                    entries.extend(self.bind(item, scope, input, &inner)?);
                }
                Ok(entries)
            }
            Pattern::Object(fields) => {
                let mut entries = Vec::new();
                for (key, field) in fields {
                    let key = self.all(key, scope, input)?.pop().unwrap_or(Value::Null);
                    let inner = operate::index(self, value, &key)?;
                    entries.extend(self.bind(field, scope, input, &inner)?);
                }
                Ok(entries)
            }
        }
    }

    /// Runs what follows `as`. With several patterns, what one fails with leads to the next, and the names of all are
    /// there.
    pub(super) fn bound<'s>(
        &mut self,
        patterns: &'s [Pattern],
        body: &'s Term,
        (scope, input): (&Scope<'s, 'e>, &Value<'e>),
        item: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut names = Vec::new();
        if patterns.len() > 1 {
            for pattern in patterns {
                variables(pattern, &mut names);
            }
        }
        let nulls: Vec<Entry<'s, 'e>> =
            names.into_iter().map(|name| Entry::Variable(name, Value::Null)).collect();
        for (place, pattern) in patterns.iter().enumerate() {
            self.budget.spend_items(1 + nulls.len())?;
            let done = self.bind(pattern, scope, input, item).and_then(|entries| {
                let entries = nulls.iter().cloned().chain(entries).collect();
                self.eval(body, &scope.with(entries), input, out)
            });
            match done {
                Err(Stop::Error(_)) if place + 1 < patterns.len() => {}
                done => return done,
            }
        }
        Ok(())
    }

    pub(super) fn call<'s>(
        &mut self,
        name: &'s str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        match scope.function(name, arguments.len()) {
            Some((Entry::Closure(_, term, home), _)) => self.eval(term, home, input, out),
            Some((Entry::Function(definition), home)) => {
                for entries in self.arguments(definition, arguments, scope, input)? {
                    self.eval(&definition.body, &home.with(entries), input, out)?;
                }
                Ok(())
            }
            _ => match prelude::find(name, arguments.len()) {
                Some(definition) => {
                    let root = Scope::default();
                    for entries in self.arguments(definition, arguments, scope, input)? {
                        self.eval(&definition.body, &root.with(entries), input, out)?;
                    }
                    Ok(())
                }
                None => self.native(Call { name, arguments, scope, input }, out),
            },
        }
    }

    /// What the parameters stand for; once for every combination of those that are values.
    pub(super) fn arguments<'a, 's: 'a>(
        &mut self,
        definition: &'s Definition,
        arguments: &'s [Term],
        scope: &'a Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Result<Vec<Vec<Entry<'a, 'e>>>, Stop<'e>> {
        let mut calls: Vec<Vec<Entry<'a, 'e>>> = vec![Vec::new()];
        for (parameter, argument) in definition.parameters.iter().zip(arguments) {
            let Some(variable) = parameter.strip_prefix('$') else {
                for call in &mut calls {
                    call.push(Entry::Closure(parameter, argument, scope));
                }
                continue;
            };
            let mut next = Vec::new();
            for value in self.all(argument, scope, input)? {
                for call in &calls {
                    self.budget.spend_items(call.len() + 1)?;
                    let mut longer = call.clone();
                    longer.push(Entry::Variable(variable, value.clone()));
                    next.push(longer);
                }
            }
            calls = next;
        }
        Ok(calls)
    }
}

/// The names in a pattern.
fn variables<'s>(pattern: &'s Pattern, names: &mut Vec<&'s str>) {
    match pattern {
        Pattern::Variable(name) => names.push(name),
        Pattern::Array(items) => items.iter().for_each(|item| variables(item, names)),
        Pattern::Object(fields) => fields.iter().for_each(|(_, field)| variables(field, names)),
    }
}

pub(super) fn functions<'e>(definitions: &[Definition]) -> Vec<Entry<'_, 'e>> {
    definitions.iter().map(Entry::Function).collect()
}
