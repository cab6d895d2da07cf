//! Runs a jq program: every term gives all its outputs before the next one looks at them. That is what bounds
//! it: a term costs a step and a level of the rendering's budget, an output costs a step, and nothing waits
//! suspended. Where jq would stop early, the [`Outputs`] say how many are wanted.

use super::{
    bind::functions,
    matching::Compiled,
    operate,
    path::Located,
    refused,
    scope::{Entry, Scope},
    syntax::{Operator, Piece, Term},
};
use crate::{
    Value,
    eval::{Budget, Halt},
    output::Output,
};

/// Why a term ends before its time.
#[derive(Debug)]
pub(super) enum Stop<'e> {
    /// jq's errors, which `try` catches.
    Error(Value<'e>),
    Break(usize),
    /// A limit, which nothing catches.
    Halt(Halt),
}

impl From<Halt> for Stop<'_> {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

pub(super) fn error<'e>(message: impl Into<String>) -> Stop<'e> {
    Stop::Error(Value::text(message.into()))
}

pub(super) type Done<'e> = Result<(), Stop<'e>>;

/// What a term gives, and how much of it is wanted.
#[derive(Debug)]
pub(super) struct Outputs<'e> {
    pub(super) values: Vec<Value<'e>>,
    wanted: usize,
    label: usize,
}

impl Outputs<'_> {
    /// For what wants everything, and holds its own label.
    pub(super) fn unbounded() -> Self {
        Self { values: Vec::new(), wanted: usize::MAX, label: 0 }
    }
}

pub(super) struct Machine<'m, 'e> {
    pub(super) budget: &'m mut Budget,
    pub(super) bytes_max: usize,
    pub(super) depth_max: usize,
    labels: usize,
    /// The patterns that were compiled last.
    pub(super) compiled: Vec<Compiled>,
    _values: std::marker::PhantomData<Value<'e>>,
}

impl<'m, 'e> Machine<'m, 'e> {
    pub(super) fn new(budget: &'m mut Budget, bytes_max: usize, depth_max: usize) -> Self {
        Self {
            budget,
            bytes_max,
            depth_max,
            labels: 0,
            compiled: Vec::new(),
            _values: std::marker::PhantomData,
        }
    }

    pub(super) fn give(&mut self, out: &mut Outputs<'e>, value: Value<'e>) -> Done<'e> {
        self.budget.spend(1)?;
        self.budget.spend_copy(&value)?;
        out.values.push(value);
        if out.values.len() >= out.wanted { Err(Stop::Break(out.label)) } else { Ok(()) }
    }

    fn label(&mut self) -> usize {
        self.labels += 1;
        self.labels
    }

    /// The first outputs, and how it went on.
    pub(super) fn first<'s>(
        &mut self,
        wanted: usize,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> (Vec<Value<'e>>, Done<'e>) {
        let label = self.label();
        let mut out = Outputs { values: Vec::new(), wanted, label };
        let done = match self.eval(term, scope, input, &mut out) {
            Err(Stop::Break(at)) if at == label => Ok(()),
            done => done,
        };
        (out.values, done)
    }

    pub(super) fn all<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Result<Vec<Value<'e>>, Stop<'e>> {
        let (values, done) = self.first(usize::MAX, term, scope, input);
        done.map(|()| values)
    }

    pub(super) fn eval<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        self.budget.enter()?;
        let done = self.term(term, scope, input, out);
        self.budget.leave();
        done
    }

    fn term<'s>(
        &mut self,
        term: &'s Term,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        match term {
            Term::Identity => self.give(out, input.clone()),
            Term::Recurse => self.descend(input, out),
            Term::Number(number) => self.give(out, number.clone()),
            Term::Text(format, pieces) => self.text(format.as_deref(), pieces, scope, input, out),
            Term::Array(items) => {
                let items = items.as_ref().map_or(Ok(Vec::new()), |items| self.all(items, scope, input))?;
                self.give_made(out, Value::list(items))
            }
            Term::Object(entries) => self.object(entries, scope, input, out),
            Term::Negate(term) => {
                let zero = Value::Integer(0);
                for value in self.all(term, scope, input)? {
                    let negated = operate::compute(self, Operator::Subtract, &zero, &value)?;
                    self.give(out, negated)?;
                }
                Ok(())
            }
            Term::Pipe(stages) => self.pipe(stages, scope, input, out),
            Term::Comma(terms) => terms.iter().try_for_each(|term| self.eval(term, scope, input, out)),
            Term::Alternative(terms) => {
                let chosen = self.alternative(terms, scope, input)?;
                if let Some(last) = chosen.1 {
                    return self.eval(last, scope, input, out);
                }
                chosen.0.into_iter().try_for_each(|value| self.give(out, value))
            }
            Term::Chain(first, links) => self.chain(first, links, scope, input, out),
            Term::Update(path, change, value) => self.update(path, *change, value, scope, input, out),
            Term::If(branches, otherwise) => self.branch(branches, otherwise.as_deref(), scope, input, out),
            Term::Try(body, handler) => {
                let done = self.eval(body, scope, input, out);
                self.rescue(done, handler.as_deref(), scope, out)
            }
            Term::Reduce(source, pattern, both) => {
                let [start, update] = &**both;
                for start in self.all(start, scope, input)? {
                    let mut state = start;
                    for item in self.all(source, scope, input)? {
                        let inner = scope.with(self.bind(pattern, scope, input, &item)?);
                        let last = self.all(update, &inner, &state)?.pop();
                        state = last.unwrap_or(Value::Null);
                    }
                    self.give(out, state)?;
                }
                Ok(())
            }
            Term::Foreach(source, pattern, both, extract) => {
                let [start, update] = &**both;
                for start in self.all(start, scope, input)? {
                    let mut state = start;
                    let (items, done) = self.first(usize::MAX, source, scope, input);
                    for item in items {
                        let inner = scope.with(self.bind(pattern, scope, input, &item)?);
                        for next in self.all(update, &inner, &state)? {
                            match extract {
                                Some(extract) => self.eval(extract, &inner, &next, out)?,
                                None => self.give(out, next.clone())?,
                            }
                            state = next;
                        }
                    }
                    done?;
                }
                Ok(())
            }
            Term::Bind(source, patterns, body) => {
                let (items, done) = self.first(usize::MAX, source, scope, input);
                for item in items {
                    self.bound(patterns, body, (scope, input), &item, out)?;
                }
                done
            }
            Term::Define(definitions, body) => {
                self.eval(body, &scope.with(functions(definitions)), input, out)
            }
            Term::Label(name, body) => {
                let label = self.label();
                let done = self.eval(body, &scope.with(vec![Entry::Label(name, label)]), input, out);
                if matches!(done, Err(Stop::Break(at)) if at == label) { Ok(()) } else { done }
            }
            Term::Break(name) => Err(match scope.label(name) {
                Some(label) => Stop::Break(label),
                None => Halt::failed(format!("jq's label ${name} is not defined")).into(),
            }),
            Term::Call(name, arguments) => self.call(name, arguments, scope, input, out),
            Term::Variable(name) => {
                let value = scope.variable(name).ok_or_else(|| refused::unknown_variable(name))?;
                self.give(out, value)
            }
            Term::Path(target, steps) => {
                let starts = self.targets(target, steps, scope, input)?;
                let starts = starts.into_iter().map(Located::nowhere).collect();
                let (found, done) = self.steps(steps, scope, input, starts);
                found.into_iter().try_for_each(|found| self.give(out, found.value))?;
                done
            }
        }
    }

    /// A value that holds others, which must not be deeper than what walks it can bear.
    pub(super) fn give_made(&mut self, out: &mut Outputs<'e>, value: Value<'e>) -> Done<'e> {
        self.budget.check_nesting(&value)?;
        self.give(out, value)
    }

    pub(super) fn rescue<'s>(
        &mut self,
        done: Done<'e>,
        handler: Option<&'s Term>,
        scope: &Scope<'s, 'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        match (done, handler) {
            (Err(Stop::Error(caught)), Some(handler)) => self.eval(handler, scope, &caught, out),
            (Err(Stop::Error(_)), None) => Ok(()),
            (done, _) => done,
        }
    }

    /// Stage by stage. What a stage gave before it failed still goes through the others.
    fn pipe<'s>(
        &mut self,
        stages: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let (last, before) = stages.split_last().expect("a pipe has stages");
        let mut values = vec![input.clone()];
        let mut done = Ok(());
        for stage in before {
            let mut next = Outputs::unbounded();
            for value in values {
                let went = self.eval(stage, scope, &value, &mut next);
                if let Err(Stop::Halt(_)) = went {
                    return went;
                }
                if went.is_err() {
                    done = went;
                    break;
                }
            }
            values = next.values;
        }
        values.iter().try_for_each(|value| self.eval(last, scope, value, out))?;
        done
    }

    /// The outputs that are neither null nor false of the first term that has any, or the last term.
    #[allow(clippy::type_complexity, reason = "either outputs or a term")]
    pub(super) fn alternative<'s>(
        &mut self,
        terms: &'s [Term],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
    ) -> Result<(Vec<Value<'e>>, Option<&'s Term>), Stop<'e>> {
        let (last, before) = terms.split_last().expect("an alternative has terms");
        for term in before {
            let (mut values, done) = self.first(usize::MAX, term, scope, input);
            if let Err(stop @ (Stop::Halt(_) | Stop::Break(_))) = done {
                return Err(stop);
            }
            values.retain(operate::truth);
            if !values.is_empty() {
                return Ok((values, None));
            }
        }
        Ok((Vec::new(), Some(last)))
    }

    fn chain<'s>(
        &mut self,
        first: &'s Term,
        links: &'s [(Operator, Term)],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut lefts = self.all(first, scope, input)?;
        for (operator, right) in links {
            let mut results = Vec::new();
            if let Operator::And | Operator::Or = operator {
                let settled = *operator == Operator::Or;
                for left in lefts {
                    if operate::truth(&left) == settled {
                        results.push(Value::Bool(settled));
                        continue;
                    }
                    let rights = self.all(right, scope, input)?;
                    results.extend(rights.iter().map(|right| Value::Bool(operate::truth(right))));
                }
            } else {
                for right in self.all(right, scope, input)? {
                    for left in &lefts {
                        self.budget.spend(1)?;
                        results.push(operate::compute(self, *operator, left, &right)?);
                    }
                }
            }
            lefts = results;
        }
        lefts.into_iter().try_for_each(|value| self.give(out, value))
    }

    fn branch<'s>(
        &mut self,
        branches: &'s [(Term, Term)],
        otherwise: Option<&'s Term>,
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let Some(((condition, then), rest)) = branches.split_first() else {
            return match otherwise {
                Some(otherwise) => self.eval(otherwise, scope, input, out),
                None => self.give(out, input.clone()),
            };
        };
        for holds in self.all(condition, scope, input)? {
            if operate::truth(&holds) {
                self.eval(then, scope, input, out)?;
            } else {
                self.budget.enter()?;
                let done = self.branch(rest, otherwise, scope, input, out);
                self.budget.leave();
                done?;
            }
        }
        Ok(())
    }

    fn text<'s>(
        &mut self,
        format: Option<&str>,
        pieces: &'s [Piece],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut made = vec![Output::new(self.bytes_max)];
        for piece in pieces {
            match piece {
                Piece::Plain(text) => made.iter_mut().try_for_each(|made| made.push(text))?,
                Piece::Term(term) => {
                    let mut next = Vec::new();
                    for value in self.all(term, scope, input)? {
                        let text = self.format(format.unwrap_or("@text"), &value)?;
                        for before in &made {
                            self.budget.spend(1)?;
                            self.budget.spend_bytes(before.len() + text.len())?;
                            let mut longer = before.clone();
                            longer.push(&text)?;
                            next.push(longer);
                        }
                    }
                    made = next;
                }
            }
        }
        made.into_iter().try_for_each(|text| self.give(out, Value::text(text.into_text())))
    }

    fn object<'s>(
        &mut self,
        entries: &'s [(Term, Term)],
        scope: &Scope<'s, 'e>,
        input: &Value<'e>,
        out: &mut Outputs<'e>,
    ) -> Done<'e> {
        let mut made: Vec<Vec<(String, Value<'e>)>> = vec![Vec::new()];
        for (key, value) in entries {
            let keys = self.all(key, scope, input)?;
            let values = self.all(value, scope, input)?;
            let mut next = Vec::new();
            for before in &made {
                for key in &keys {
                    let Value::String(key) = key else {
                        return Err(error("Object keys must be strings"));
                    };
                    for value in &values {
                        self.budget.spend_items(before.len() + 1)?;
                        let mut longer = before.clone();
                        operate::insert(&mut longer, key, value.clone());
                        next.push(longer);
                    }
                }
            }
            made = next;
        }
        made.into_iter().try_for_each(|entries| self.give_made(out, Value::map(entries)))
    }
}
