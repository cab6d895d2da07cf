//! jq's functions that run a term on every item.

use super::{
    native::Call,
    operate::{Made, truth},
    run::{Done, Machine, Outputs},
    scope::Scope,
    simple,
    syntax::Term,
};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    /// What asks the same of every item.
    pub(super) fn of_items<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        match (name, arguments) {
            ("add", [term]) => {
                let items = self.all(term, scope, input)?;
                let sum = simple::sum(self, items)?;
                self.give(out, sum)
            }
            ("any" | "all", [_] | [_, _]) => {
                let (source, condition) = match arguments {
                    [source, condition] => (self.all(source, scope, input)?, condition),
                    _ => (simple::items(self, input)?, &arguments[0]),
                };
                let wanted = name == "any";
                for item in source {
                    if self.all(condition, scope, &item)?.iter().any(|holds| truth(holds) == wanted) {
                        return self.give(out, Value::Bool(wanted));
                    }
                }
                self.give(out, Value::Bool(!wanted))
            }
            ("sort_by" | "group_by" | "unique_by" | "min_by" | "max_by", [term]) => {
                let items = simple::items(self, input)?;
                let mut keys = Vec::new();
                for item in &items {
                    keys.push(Value::list(self.all(term, scope, item)?));
                }
                let value = simple::by_keys(self, name, keys, items)?;
                self.give_made(out, value)
            }
            ("with_entries", [term]) => {
                let mut made = Vec::new();
                for entry in simple::entries(self, input)? {
                    made.extend(self.all(term, scope, &entry)?);
                }
                let value = simple::from_entries(self, made)?;
                self.give_made(out, value)
            }
            _ => Err(call.unknown()),
        }
    }

    pub(super) fn modify_items<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Made<'e> {
        let new = |machine: &mut Self, value: &Value<'e>| {
            let (new, done) = machine.first(1, term, scope, value);
            done.map(|()| new.into_iter().next())
        };
        if let Value::Map(map) = input {
            let mut entries = Vec::new();
            for (key, value) in map.iter() {
                entries.extend(new(self, &value)?.map(|new| (key.into_owned(), new)));
            }
            return Ok(Value::map(entries));
        }
        let mut made = Vec::new();
        for item in simple::items(self, input)? {
            made.extend(new(self, &item)?);
        }
        Ok(Value::list(made))
    }

    /// From the inside out.
    pub(super) fn walk<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        self.budget.enter()?;
        let inside = self.walk_inside(term, scope, input);
        self.budget.leave();
        self.eval(term, scope, &inside?, out)
    }

    fn walk_inside<'s>(&mut self, term: &'s Term, scope: &Scope<'s, 'e>, input: &Value<'e>) -> Made<'e> {
        let mut made = Outputs::unbounded();
        match input {
            Value::List(list) => {
                for item in list.iter() {
                    self.walk(term, scope, &item, &mut made)?;
                }
                Ok(Value::list(made.values))
            }
            Value::Map(map) => {
                let mut entries = Vec::new();
                for (key, value) in map.iter() {
                    self.walk(term, scope, &value, &mut made)?;
                    entries.extend(made.values.drain(..).take(1).map(|new| (key.clone().into_owned(), new)));
                }
                Ok(Value::map(entries))
            }
            other => Ok(other.clone()),
        }
    }
}
