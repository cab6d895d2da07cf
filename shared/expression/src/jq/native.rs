//! jq's functions: those that run terms. Those of plain values are in `simple`.

use super::{
    operate::{self, Made, truth},
    run::{Done, Machine, Outputs, Stop, error},
    scope::Scope,
    simple,
    syntax::{Operator, Term},
};
use crate::Value;

impl<'e> Machine<'_, 'e> {
    pub(super) fn native<'s>(
        &mut self,
        name: &str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        match (name, arguments) {
            ("empty", []) => Ok(()),
            ("error", []) => Err(Stop::Error(input.clone())),
            ("error", [message]) => match self.all(message, scope, input)?.into_iter().next() {
                Some(message) => Err(Stop::Error(message)),
                None => Ok(()),
            },
            ("recurse", []) => self.descend(input, out),
            ("select", [condition]) => {
                for holds in self.all(condition, scope, input)? {
                    if truth(&holds) {
                        self.give(out, input.clone())?;
                    }
                }
                Ok(())
            }
            (
                "values" | "nulls" | "booleans" | "numbers" | "strings" | "arrays" | "objects" | "iterables"
                | "scalars",
                [],
            ) => {
                let kind = operate::kind(input);
                let taken = match name {
                    "values" => kind != "null",
                    "iterables" => kind == "array" || kind == "object",
                    "scalars" => kind != "array" && kind != "object",
                    plural => plural.strip_suffix('s') == Some(kind),
                };
                if taken { self.give(out, input.clone()) } else { Ok(()) }
            }
            ("map", [term]) => {
                let mut made = Vec::new();
                for item in simple::items(self, input)? {
                    made.extend(self.all(term, scope, &item)?);
                }
                self.give_made(out, Value::list(made))
            }
            ("map_values", [term]) => {
                let value = self.modify_items(term, scope, input)?;
                self.give_made(out, value)
            }
            ("walk", [term]) => self.walk(term, scope, input, out),
            ("first" | "last" | "isempty" | "limit" | "skip" | "nth", [_] | [_, _]) => {
                self.some(name, arguments, scope, input, out)
            }
            ("recurse" | "repeat", [term]) => self.rounds(None, term, None, scope, input, out),
            ("recurse", [term, condition]) => self.rounds(None, term, Some(condition), scope, input, out),
            ("while", [condition, term]) => self.rounds(Some(condition), term, None, scope, input, out),
            ("until", [condition, term]) => self.until(condition, term, scope, input, out),
            ("range", [_] | [_, _] | [_, _, _]) => self.range(arguments, scope, input, out),
            (
                "add" | "any" | "all" | "sort_by" | "group_by" | "unique_by" | "min_by" | "max_by"
                | "with_entries",
                [_, ..],
            ) => self.of_items(name, arguments, scope, input, out),
            ("path" | "paths" | "del" | "delpaths" | "setpath", _) => {
                self.of_paths(name, arguments, scope, input, out)
            }
            ("in" | "inside", [term]) => {
                for whole in self.all(term, scope, input)? {
                    let name = if name == "in" { "has" } else { "contains" };
                    let value = simple::call(self, name, &whole, std::slice::from_ref(input))?;
                    self.give(out, value)?;
                }
                Ok(())
            }
            _ if name.starts_with('@') && arguments.is_empty() => {
                let text = self.format(name, input)?;
                self.give(out, Value::text(text))
            }
            _ => self.plain(name, arguments, scope, input, out),
        }
    }

    /// What asks the same of every item.
    fn of_items<'s>(
        &mut self,
        name: &str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
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
            _ => Err(simple::unknown(name, arguments.len())),
        }
    }

    /// A function of values: once for every combination of its arguments' outputs, the last one outside.
    fn plain<'s>(
        &mut self,
        name: &str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut calls: Vec<Vec<Value<'e>>> = vec![Vec::new()];
        for argument in arguments {
            let mut next = Vec::new();
            for value in self.all(argument, scope, input)? {
                for call in &calls {
                    self.budget.spend_items(call.len() + 1)?;
                    let mut longer = call.clone();
                    longer.push(value.clone());
                    next.push(longer);
                }
            }
            calls = next;
        }
        for call in calls {
            let value = simple::call(self, name, input, &call)?;
            self.give_made(out, value)?;
        }
        Ok(())
    }

    fn some<'s>(
        &mut self,
        name: &str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
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
            _ => return Err(simple::unknown(name, arguments.len())),
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
    fn rounds<'s>(
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

    fn until<'s>(
        &mut self,
        condition: &'s Term,
        term: &'s Term,
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

    fn range<'s>(
        &mut self,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let one = |value| Ok(vec![Value::Integer(value)]);
        let (starts, ends, steps) = match arguments {
            [end] => (one(0), self.all(end, scope, input), one(1)),
            [start, end] => (self.all(start, scope, input), self.all(end, scope, input), one(1)),
            [start, end, step, ..] => {
                (self.all(start, scope, input), self.all(end, scope, input), self.all(step, scope, input))
            }
            [] => return Err(simple::unknown("range", 0)),
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

    fn modify_items<'s>(&mut self, term: &'s Term, scope: &Scope<'s, 'e>, input: &Value<'e>) -> Made<'e> {
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
    fn walk<'s>(
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
