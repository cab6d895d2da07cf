//! Prints text and carries out tags.

use super::{Evaluator, Halt, Outcome, arithmetic::truth, method, progress, sink::Sink};
use crate::{
    Value,
    syntax::{Body, Expression, Span, Statement},
};

impl<'e> Evaluator<'e> {
    /// Statements in order. What one prints does not change the next, so all that print are looked at for
    /// what they need from outside.
    pub(super) fn body(&mut self, body: &'e Body) -> Result<(), Halt> {
        self.state.budget.enter()?;
        let mut pending = false;
        let mut outcome = Ok(());
        for statement in body {
            match self.statement(statement) {
                Ok(()) => {}
                Err(Halt::Pending) if matches!(statement, Statement::Print(_)) => pending = true,
                Err(halt) => {
                    outcome = Err(halt);
                    break;
                }
            }
        }
        self.state.budget.leave();
        if pending { Err(Halt::Pending) } else { outcome }
    }

    fn statement(&mut self, statement: &'e Statement) -> Result<(), Halt> {
        self.state.budget.spend(1)?;
        match statement {
            Statement::Raw(span) if self.keep_raw => {
                let kept = format!("{{% raw %}}{}{{% endraw %}}", span.of(self.source));
                self.print(Value::text(kept), *span)
            }
            Statement::Text(span) | Statement::Raw(span) => {
                self.print(Value::text(span.of(self.source)), *span)
            }
            Statement::Print(expression) => {
                let value = self.expression(expression)?;
                self.print(value, expression.span)
            }
            Statement::If { branches, otherwise } => {
                for (condition, body) in branches {
                    if self.condition(condition)? {
                        return self.body(body);
                    }
                }
                self.body(otherwise)
            }
            Statement::For { variable, iterable, body, otherwise } => {
                let value = self.expression(iterable)?;
                self.repeat(variable, &value, iterable.span, body, otherwise)
            }
            Statement::Set { name, value } => {
                let value = self.expression(value)?;
                let in_environment =
                    self.scopes.sees_environment() && self.environment.variables.get(name).is_some();
                self.scopes.assign(name, value, in_environment)
            }
            Statement::Block(index) => self.body(&self.tree.blocks[*index].body),
            Statement::Macro(_) => Ok(()),
            Statement::Filter { filters, body } => {
                let mut value = self.capture(|evaluator| evaluator.body(body));
                let mut span = Span::new(0, 0);
                for call in filters {
                    value = self.filter(value, call);
                    span = call.span;
                }
                self.print(value?, span)
            }
        }
    }

    fn print(&mut self, value: Value<'e>, span: Span) -> Result<(), Halt> {
        let before = self.sink.len();
        self.sink.print(value).map_err(|halt| halt.at(span))?;
        self.state.budget.spend_bytes(self.sink.len() - before)
    }

    /// What a piece of the template prints, as a value.
    pub(super) fn capture(&mut self, print: impl FnOnce(&mut Self) -> Result<(), Halt>) -> Outcome<'e> {
        let inner = Sink::text(self.environment.limits.output_bytes);
        let outer = std::mem::replace(&mut self.sink, inner);
        let printed = print(self);
        let inner = std::mem::replace(&mut self.sink, outer);
        printed.map(|()| inner.into_value())
    }

    fn condition(&mut self, condition: &'e Expression) -> Result<bool, Halt> {
        self.expression(condition)
            .and_then(|value| truth(&value, "if statement"))
            .map_err(|halt| halt.because("Wrong operand(s) type in conditional expression", condition.span))
    }

    fn repeat(
        &mut self,
        variable: &'e str,
        iterable: &Value<'e>,
        span: Span,
        body: &'e Body,
        otherwise: &'e Body,
    ) -> Result<(), Halt> {
        let items: Box<dyn ExactSizeIterator<Item = Value<'e>>> = match iterable {
            Value::Null => return Ok(()),
            Value::List(list) => Box::new(list.iter()),
            Value::Map(map) => {
                self.state.budget.spend_items(map.len())?;
                let entries: Vec<_> = map.iter().map(|(key, value)| method::entry(key, value)).collect();
                Box::new(entries.into_iter())
            }
            Value::String(_) | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => {
                let class = iterable.class_name();
                return Err(
                    Halt::failed(format!("Not an iterable object. Actual type was: {class}")).at(span)
                );
            }
        };
        let length = items.len();
        if length == 0 {
            return self.body(otherwise);
        }
        // Rounds that only print do not depend on each other: their needs are gathered together.
        let independent = body.iter().all(|statement| {
            matches!(statement, Statement::Text(_) | Statement::Raw(_) | Statement::Print(_))
        });
        let mut outcome = Ok(());
        self.scopes.enter(false);
        for (index, item) in items.enumerate() {
            let round = self.round(variable, item, index, length, body);
            if round.is_err() {
                let pending = matches!(round, Err(Halt::Pending));
                outcome = round;
                if !(pending && independent) {
                    break;
                }
            }
        }
        self.scopes.leave();
        outcome
    }

    fn round(
        &mut self,
        variable: &'e str,
        item: Value<'e>,
        index: usize,
        length: usize,
        body: &'e Body,
    ) -> Result<(), Halt> {
        self.state.budget.spend_copy(&item)?;
        self.scopes.declare("loop", progress::of_round(index, length))?;
        self.scopes.declare(variable, item)?;
        self.body(body)
    }
}
