//! Paths: `.a[0].b`, what they lead to, and what `|=`, `=` and `del` make of the value there.

use super::{
    bind::functions,
    operate::{self, Made},
    prelude,
    run::{Done, Machine, Outputs, Stop, error},
    scope::{Entry, Scope},
    syntax::{Change, Step, Term},
};
use crate::Value;

/// What becomes of a value; nothing removes it.
type Changed<'e> = Result<Option<Value<'e>>, Stop<'e>>;

/// A value, and the way to it where that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Located<'e> {
    path: Option<Vec<Value<'e>>>,
    pub(super) value: Value<'e>,
}

impl<'e> Located<'e> {
    pub(super) fn nowhere(value: Value<'e>) -> Self {
        Self { path: None, value }
    }

    fn to(&self, machine: &mut Machine<'_, 'e>, key: Value<'e>, value: Value<'e>) -> Result<Self, Stop<'e>> {
        machine.budget.spend(1)?;
        let mut path = self.path.clone();
        if let Some(path) = &mut path {
            machine.budget.spend_walk(path.len())?;
            path.push(key);
        }
        Ok(Self { path, value })
    }
}

impl<'e> Machine<'_, 'e> {
    /// What the steps start from. `f?` is nothing where `f` fails.
    pub(super) fn targets<'s>(
        &mut self,
        target: &'s Term,
        steps: &'s [Step],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Result<Vec<Value<'e>>, Stop<'e>> {
        let (values, done) = self.first(usize::MAX, target, scope, input);
        match done {
            Err(Stop::Error(_)) if matches!(steps.first(), Some(Step::Optional)) => Ok(values),
            done => done.map(|()| values),
        }
    }

    /// Step by step; what was found before a failure is still found.
    pub(super) fn steps<'s>(
        &mut self,
        steps: &'s [Step],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        starts: Vec<Located<'e>>,
    ) -> (Vec<Located<'e>>, Done<'e>) {
        let mut found = starts;
        let mut done = Ok(());
        for (place, step) in steps.iter().enumerate() {
            let optional = matches!(steps.get(place + 1), Some(Step::Optional));
            let mut next = Vec::new();
            for located in found {
                match self.step(step, scope, input, &located, &mut next) {
                    Err(Stop::Error(_)) if optional => {}
                    Err(stop) => {
                        done = Err(stop);
                        break;
                    }
                    Ok(()) => {}
                }
            }
            found = next;
        }
        (found, done)
    }

    fn step<'s>(
        &mut self,
        step: &'s Step,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        at: &Located<'e>,
        next: &mut Vec<Located<'e>>,
    ) -> Done<'e> {
        match step {
            Step::Optional => next.push(at.clone()),
            Step::Index(index) => {
                for index in self.all(index, scope, input)? {
                    let value = operate::index(self, &at.value, &index)?;
                    next.push(at.to(self, index, value)?);
                }
            }
            Step::Slice(start, end) => {
                let bounds = |machine: &mut Self, bound: &'s Option<Term>| match bound {
                    Some(bound) => machine.all(bound, scope, input),
                    None => Ok(vec![Value::Null]),
                };
                let starts = bounds(self, start)?;
                for end in bounds(self, end)? {
                    for start in &starts {
                        let value = operate::slice(self, &at.value, start, &end)?;
                        let key = if at.path.is_some() { slice_key(start, &end) } else { Value::Null };
                        next.push(at.to(self, key, value)?);
                    }
                }
            }
            Step::Iterate => match &at.value {
                Value::List(list) => {
                    for (index, value) in (0_i64..).zip(list.iter()) {
                        next.push(at.to(self, Value::Integer(index), value)?);
                    }
                }
                Value::Map(map) => {
                    self.budget.spend_walk(map.len())?;
                    for (key, value) in map.iter() {
                        next.push(at.to(self, Value::String(key), value)?);
                    }
                }
                other => return Err(error(format!("Cannot iterate over {}", operate::kind(other)))),
            },
        }
        Ok(())
    }

    /// The value and all that is inside it, from the outside in.
    pub(super) fn descend(&mut self, value: &Value<'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let start = Located::nowhere(value.clone());
        self.descendants(start)?.into_iter().try_for_each(|found| self.give(out, found.value))
    }

    fn descendants(&mut self, start: Located<'e>) -> Result<Vec<Located<'e>>, Stop<'e>> {
        let mut found = Vec::new();
        let mut open = vec![start];
        let root = Scope::default();
        while let Some(next) = open.pop() {
            self.budget.spend(1)?;
            if matches!(next.value, Value::List(_) | Value::Map(_)) {
                let mut inner = Vec::new();
                self.step(&Step::Iterate, &root, &Value::Null, &next, &mut inner)?;
                open.extend(inner.into_iter().rev());
            }
            found.push(next);
        }
        Ok(found)
    }

    /// Where a term leads, from the root of the value.
    pub(super) fn paths<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Result<Vec<Vec<Value<'e>>>, Stop<'e>> {
        let start = Located { path: Some(Vec::new()), value: input.clone() };
        let found = self.leads(term, scope, start)?;
        Ok(found.into_iter().filter_map(|found| found.path).collect())
    }

    fn leads<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        from: Located<'e>,
    ) -> Result<Vec<Located<'e>>, Stop<'e>> {
        self.budget.enter()?;
        let found = self.way(term, scope, from);
        self.budget.leave();
        found
    }

    fn way<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        from: Located<'e>,
    ) -> Result<Vec<Located<'e>>, Stop<'e>> {
        match term {
            Term::Identity => Ok(vec![from]),
            Term::Recurse => self.descendants(from),
            Term::Path(target, steps) => {
                let input = from.value.clone();
                let starts = self.leads(target, scope, from)?;
                let (found, done) = self.steps(steps, scope, &input, starts);
                done.map(|()| found)
            }
            Term::Pipe(stages) => {
                let mut found = vec![from];
                for stage in stages {
                    let mut next = Vec::new();
                    for located in found {
                        next.extend(self.leads(stage, scope, located)?);
                    }
                    found = next;
                }
                Ok(found)
            }
            Term::Comma(terms) => {
                let mut found = Vec::new();
                for term in terms {
                    found.extend(self.leads(term, scope, from.clone())?);
                }
                Ok(found)
            }
            Term::If(branches, otherwise) => {
                for (condition, then) in branches {
                    let holds = self.all(condition, scope, &from.value)?;
                    if holds.last().is_some_and(operate::truth) {
                        return self.leads(then, scope, from);
                    }
                }
                otherwise.as_ref().map_or(Ok(vec![from.clone()]), |term| self.leads(term, scope, from))
            }
            Term::Try(body, None) => match self.leads(body, scope, from) {
                Err(Stop::Error(_)) => Ok(Vec::new()),
                found => found,
            },
            Term::Alternative(terms) => {
                let (last, before) = terms.split_last().expect("an alternative has terms");
                for term in before {
                    let mut found = match self.leads(term, scope, from.clone()) {
                        Err(Stop::Error(_)) => Vec::new(),
                        found => found?,
                    };
                    found.retain(|found| operate::truth(&found.value));
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                self.leads(last, scope, from)
            }
            Term::Define(definitions, body) => self.leads(body, &scope.with(functions(definitions)), from),
            Term::Call(name, arguments) => match scope.function(name, arguments.len()) {
                Some((Entry::Closure(_, term, home), _)) => self.leads(term, home, from),
                Some((Entry::Function(definition), home)) => {
                    let mut found = Vec::new();
                    for entries in self.arguments(definition, arguments, scope, &from.value)? {
                        found.extend(self.leads(&definition.body, &home.with(entries), from.clone())?);
                    }
                    Ok(found)
                }
                _ => match prelude::find(name, arguments.len()) {
                    Some(definition) => {
                        let root = Scope::default();
                        let mut found = Vec::new();
                        for entries in self.arguments(definition, arguments, scope, &from.value)? {
                            found.extend(self.leads(&definition.body, &root.with(entries), from.clone())?);
                        }
                        Ok(found)
                    }
                    None => self.native_way(name, arguments, scope, from),
                },
            },
            _ => {
                Err(error("this is no path: a path is made of `.a`, `.[0]`, `.[]`, `..`, `|`, `,`, `select`"))
            }
        }
    }

    fn native_way<'s>(
        &mut self,
        name: &str,
        arguments: &'s [Term],
        scope: &Scope<'s, 'e>,
        from: Located<'e>,
    ) -> Result<Vec<Located<'e>>, Stop<'e>> {
        match (name, arguments) {
            ("empty", []) => Ok(Vec::new()),
            ("recurse", []) => self.descendants(from),
            ("select", [condition]) => {
                let holds = self.all(condition, scope, &from.value)?;
                let times = holds.iter().filter(|holds| operate::truth(holds)).count();
                self.budget.spend_items(times)?;
                Ok(vec![from; times])
            }
            ("first" | "last", []) => {
                let at = Value::Integer(if name == "first" { 0 } else { -1 });
                let value = operate::index(self, &from.value, &at)?;
                Ok(vec![from.to(self, at, value)?])
            }
            ("first", [term]) => Ok(self.leads(term, scope, from)?.into_iter().take(1).collect()),
            ("getpath", [path]) => {
                let mut found = Vec::new();
                for path in self.all(path, scope, &from.value)? {
                    let mut at = from.clone();
                    for key in self.path_of(&path)? {
                        let value = operate::index(self, &at.value, &key)?;
                        at = at.to(self, key, value)?;
                    }
                    found.push(at);
                }
                Ok(found)
            }
            _ => Err(error(format!("`{name}` is no path"))),
        }
    }

    /// The keys of a path, which are no more than a value may be deep.
    pub(super) fn path_of(&mut self, path: &Value<'e>) -> Result<Vec<Value<'e>>, Stop<'e>> {
        match path {
            Value::List(keys) if keys.len() <= self.depth_max => {
                self.budget.spend_items(keys.len())?;
                Ok(keys.iter().collect())
            }
            Value::List(_) => Err(error(format!("a path longer than {} keys", self.depth_max))),
            _ => Err(error("Path must be specified as an array")),
        }
    }

    /// The value with another one at a path; nothing there removes it.
    pub(super) fn set(
        &mut self,
        value: &Value<'e>,
        path: &[Value<'e>],
        change: &mut dyn FnMut(&mut Self, &Value<'e>) -> Changed<'e>,
    ) -> Changed<'e> {
        let Some((key, rest)) = path.split_first() else { return change(self, value) };
        let inner = operate::index(self, value, key)?;
        let new = self.set(&inner, rest, change)?;
        match (value, key) {
            (Value::Map(_) | Value::Null, Value::String(key)) => {
                let mut entries: Vec<(String, Value<'e>)> = match value {
                    Value::Map(map) => map.iter().map(|(key, value)| (key.into_owned(), value)).collect(),
                    _ => Vec::new(),
                };
                self.budget.spend_items(entries.len())?;
                match new {
                    Some(new) => operate::insert(&mut entries, key, new),
                    None => entries.retain(|(known, _)| known != key),
                }
                Ok(Some(Value::map(entries)))
            }
            (Value::List(_) | Value::Null, Value::Map(bounds)) => {
                let bound = |name: &str| bounds.get(name).unwrap_or(Value::Null);
                let list = match value {
                    Value::List(list) => list.clone(),
                    _ => crate::List::Borrowed(&[]),
                };
                let (from, count) = operate::bounds(list.len(), &bound("start"), &bound("end"))?;
                self.budget.spend_items(list.len())?;
                let mut items: Vec<Value<'e>> = list.iter().collect();
                let new = match new {
                    Some(Value::List(new)) => new.iter().collect(),
                    None => Vec::new(),
                    Some(_) => return Err(error("A slice of an array can only be assigned another array")),
                };
                self.budget.spend_items(new.len())?;
                items.splice(from..from + count, new);
                Ok(Some(Value::list(items)))
            }
            (Value::List(_) | Value::Null, at) => {
                let list = match value {
                    Value::List(list) => list.clone(),
                    _ => crate::List::Borrowed(&[]),
                };
                let at =
                    operate::place(at, &list).ok_or_else(|| error("Out of bounds negative array index"))?;
                self.budget.spend_items(list.len().max(at))?;
                let mut items: Vec<Value<'e>> = list.iter().collect();
                match new {
                    Some(new) => {
                        items.resize(items.len().max(at.saturating_add(1)), Value::Null);
                        items[at] = new;
                    }
                    None if at < items.len() => drop(items.remove(at)),
                    None => {}
                }
                Ok(Some(Value::list(items)))
            }
            _ => Err(error(format!("Cannot update {}", operate::kind(value)))),
        }
    }

    /// Removes what stands at the paths, from the last to the first, so that none moves before its turn.
    pub(super) fn delete(&mut self, input: &Value<'e>, paths: Vec<Vec<Value<'e>>>) -> Made<'e> {
        let mut paths: Vec<Value<'e>> = paths.into_iter().map(Value::list).collect();
        self.sort(&mut paths)?;
        let mut value = input.clone();
        for path in paths.iter().rev() {
            let path = self.path_of(path)?;
            value = self.set(&value, &path, &mut |_, _| Ok(None))?.unwrap_or(Value::Null);
        }
        Ok(value)
    }

    pub(super) fn update<'s>(
        &mut self,
        path: &'s Term,
        change: Change,
        with: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        if change == Change::Modify {
            let value = self.modify(path, scope, input, &mut |machine, old| {
                let (values, done) = machine.first(1, with, scope, old);
                done.map(|()| values.into_iter().next())
            })?;
            return self.give_made(out, value);
        }
        for right in self.all(with, scope, input)? {
            let value = self.modify(path, scope, input, &mut |machine, old| match change {
                Change::Compute(operator) => operate::compute(machine, operator, old, &right).map(Some),
                Change::Default if operate::truth(old) => Ok(Some(old.clone())),
                Change::Default | Change::Assign | Change::Modify => Ok(Some(right.clone())),
            })?;
            self.give_made(out, value)?;
        }
        Ok(())
    }

    pub(super) fn modify<'s>(
        &mut self,
        path: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        change: &mut dyn FnMut(&mut Self, &Value<'e>) -> Changed<'e>,
    ) -> Made<'e> {
        let mut value = input.clone();
        let mut removed = Vec::new();
        for path in self.paths(path, scope, input)? {
            let mut gone = false;
            let changed = self.set(&value, &path, &mut |machine, old| {
                let new = change(machine, old)?;
                gone = new.is_none();
                Ok(Some(new.unwrap_or_else(|| old.clone())))
            })?;
            value = changed.unwrap_or(Value::Null);
            if gone {
                removed.push(path);
            }
        }
        if removed.is_empty() { Ok(value) } else { self.delete(&value, removed) }
    }
}

/// A slice among the keys of a path, as jq writes it.
fn slice_key<'e>(start: &Value<'e>, end: &Value<'e>) -> Value<'e> {
    Value::map(vec![("start".to_owned(), start.clone()), ("end".to_owned(), end.clone())])
}
