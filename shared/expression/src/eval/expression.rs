//! Computes expressions.

use super::{
    Evaluator, Halt, Outcome,
    arithmetic::{truth, unary},
    miss,
    scope::Found,
};
use crate::{
    Value,
    output::Output,
    syntax::{Expression, Link, Literal, Node, Span},
};

impl<'e> Evaluator<'e> {
    pub(super) fn expression(&mut self, expression: &'e Expression) -> Outcome<'e> {
        self.state.budget.enter().map_err(|halt| halt.at(expression.span))?;
        let outcome = self.node(expression);
        self.state.budget.leave();
        outcome.map_err(|halt| halt.at(expression.span))
    }

    fn node(&mut self, expression: &'e Expression) -> Outcome<'e> {
        match &expression.node {
            Node::Literal(literal) => Ok(literal_value(literal)),
            Node::Interpolated(pieces) => {
                let pieces = self.each(pieces.iter())?;
                let mut text = Output::new(self.environment.limits.output_bytes);
                pieces.iter().try_for_each(|piece| text.print(piece))?;
                self.state.budget.spend_bytes(text.len())?;
                Ok(Value::text(text.into_text()))
            }
            Node::List(items) => {
                let list = Value::list(self.each(items.iter())?);
                self.state.budget.check_nesting(&list)?;
                Ok(list)
            }
            Node::Map(entries) => self.map(entries),
            Node::Variable(name) => self.variable(name, expression.span),
            Node::Call(call) => self.call(call),
            Node::Path { root, steps } => self.path(root, steps),
            Node::Unary { operator, operand } => {
                let operand = self.expression(operand)?;
                unary(*operator, &operand)
            }
            Node::Chain { first, links } => self.chain(first, links),
            Node::Choice(choice) => {
                let [condition, then, otherwise] = &**choice;
                let condition = self.expression(condition)?;
                let holds = !condition.is_null() && truth(&condition, "the `?` operator")?;
                self.expression(if holds { then } else { otherwise })
            }
        }
    }

    /// All of them; when one needs the outside the others are still looked at, for what they need.
    pub(super) fn each(
        &mut self,
        expressions: impl Iterator<Item = &'e Expression>,
    ) -> Result<Vec<Value<'e>>, Halt> {
        let mut values = Vec::with_capacity(expressions.size_hint().0);
        let mut pending = false;
        for expression in expressions {
            match self.expression(expression) {
                Ok(value) => values.push(value),
                Err(Halt::Pending) => pending = true,
                Err(halt) => return Err(halt),
            }
        }
        if pending { Err(Halt::Pending) } else { Ok(values) }
    }

    fn map(&mut self, entries: &'e [(Expression, Expression)]) -> Outcome<'e> {
        let values = self.each(entries.iter().flat_map(|(key, value)| [key, value]))?;
        let mut map: Vec<(String, Value<'e>)> = Vec::with_capacity(entries.len());
        let mut values = values.into_iter();
        while let (Some(key), Some(value)) = (values.next(), values.next()) {
            let mut name = Output::new(self.environment.limits.output_bytes);
            name.print(&key)?;
            let name = name.into_text();
            self.state.budget.spend_walk(map.len())?;
            match map.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => map.push((name, value)),
            }
        }
        let map = Value::map(map);
        self.state.budget.check_nesting(&map)?;
        Ok(map)
    }

    pub(super) fn variable(&mut self, name: &str, span: Span) -> Outcome<'e> {
        let found = match self.scopes.find(name) {
            Found::Here(value) => Some(value.clone()),
            Found::Outside => self.environment.variables.get(name),
            Found::Nowhere => None,
        };
        if let Some(value) = found {
            self.state.budget.spend_copy(&value)?;
            return Ok(value);
        }
        Err(Halt::missing(name, self.hint_of_variable(name), span))
    }

    /// Operators, filters and tests from left to right. What is missing on the left goes on to the next link,
    /// which may catch it.
    fn chain(&mut self, first: &'e Expression, links: &'e [(Link, Span)]) -> Outcome<'e> {
        let outer = self.is_forgiving;
        self.is_forgiving = miss::is_caught(links, outer);
        let mut value = self.expression(first);
        for (index, (link, span)) in links.iter().enumerate() {
            if let Err(halt) = self.state.budget.spend(1) {
                value = Err(halt.at(*span));
                break;
            }
            self.is_forgiving = miss::is_caught_right(link, &links[index + 1..], outer);
            value = match link {
                Link::Binary(operator, right) => self.binary(*operator, value, right, *span),
                Link::Filter(call) => self.filter(value, call),
                Link::Is { predicate, negated } => match value {
                    Err(Halt::Missing(_)) if predicate.accepts_missing => Ok(Value::Bool(*negated)),
                    Err(halt) => Err(halt),
                    Ok(value) => predicate
                        .holds(&value, &mut self.state.budget)
                        .map(|holds| Value::Bool(holds != *negated)),
                },
            }
            .map_err(|halt| halt.at(*span));
            if let Err(Halt::Failed(_)) = value {
                break;
            }
        }
        self.is_forgiving = outer;
        value
    }
}

fn literal_value(literal: &Literal) -> Value<'_> {
    match literal {
        Literal::Null => Value::Null,
        Literal::Bool(bool) => Value::Bool(*bool),
        Literal::Integer(integer) => Value::Integer(*integer),
        Literal::Double(double) => Value::Double(*double),
        Literal::String(text) => Value::text(&**text),
    }
}
