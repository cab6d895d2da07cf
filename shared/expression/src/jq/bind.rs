//! Patterns and calls: what names stand for.

use super::{
    operate,
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
            _ => self.native(name, arguments, scope, input, out),
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

pub(super) fn functions<'e>(definitions: &[Definition]) -> Vec<Entry<'_, 'e>> {
    definitions.iter().map(Entry::Function).collect()
}
