//! Whether two templates are the same tree, wherever in their sources the parts of it stand.

use super::{
    Body, Call, Expression, FilterCall, Link, Literal, MacroArguments, Node, Span, Statement, Step, Tree,
};

/// Compares two trees, each with the source that it was parsed from.
pub(crate) fn same((left, left_tree): (&str, &Tree), (right, right_tree): (&str, &Tree)) -> bool {
    let sources = Sources { left, right };
    sources.body(&left_tree.body, &right_tree.body)
        && all(&left_tree.blocks, &right_tree.blocks, |a, b| {
            a.name == b.name && sources.body(&a.body, &b.body)
        })
        && all(&left_tree.macros, &right_tree.macros, |a, b| {
            a.name == b.name
                && all(&a.parameters, &b.parameters, |(a, a_default), (b, b_default)| {
                    a == b && optional(a_default.as_ref(), b_default.as_ref())
                })
                && sources.body(&a.body, &b.body)
        })
}

fn all<T>(left: &[T], right: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
}

struct Sources<'s> {
    left: &'s str,
    right: &'s str,
}

impl Sources<'_> {
    fn body(&self, left: &Body, right: &Body) -> bool {
        all(left, right, |a, b| self.statement(a, b))
    }

    fn text(&self, left: Span, right: Span) -> bool {
        left.of(self.left) == right.of(self.right)
    }

    fn statement(&self, left: &Statement, right: &Statement) -> bool {
        match (left, right) {
            (Statement::Text(a), Statement::Text(b)) | (Statement::Raw(a), Statement::Raw(b)) => {
                self.text(*a, *b)
            }
            (Statement::Print(a), Statement::Print(b)) => expression(a, b),
            (
                Statement::If { branches: a, otherwise: a_else },
                Statement::If { branches: b, otherwise: b_else },
            ) => {
                all(a, b, |(a, a_body), (b, b_body)| expression(a, b) && self.body(a_body, b_body))
                    && self.body(a_else, b_else)
            }
            (
                Statement::For { variable: a, iterable: a_items, body: a_body, otherwise: a_else },
                Statement::For { variable: b, iterable: b_items, body: b_body, otherwise: b_else },
            ) => {
                a == b
                    && expression(a_items, b_items)
                    && self.body(a_body, b_body)
                    && self.body(a_else, b_else)
            }
            (Statement::Set { name: a, value: a_value }, Statement::Set { name: b, value: b_value }) => {
                a == b && expression(a_value, b_value)
            }
            (Statement::Block(a), Statement::Block(b)) | (Statement::Macro(a), Statement::Macro(b)) => a == b,
            (
                Statement::Filter { filters: a, body: a_body },
                Statement::Filter { filters: b, body: b_body },
            ) => all(a, b, filter) && self.body(a_body, b_body),
            (
                Statement::Text(_)
                | Statement::Raw(_)
                | Statement::Print(_)
                | Statement::If { .. }
                | Statement::For { .. }
                | Statement::Set { .. }
                | Statement::Block(_)
                | Statement::Macro(_)
                | Statement::Filter { .. },
                _,
            ) => false,
        }
    }
}

fn optional(left: Option<&Expression>, right: Option<&Expression>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => expression(left, right),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

fn expression(left: &Expression, right: &Expression) -> bool {
    match (&left.node, &right.node) {
        (Node::Literal(a), Node::Literal(b)) => literal(a, b),
        (Node::Interpolated(a), Node::Interpolated(b)) | (Node::List(a), Node::List(b)) => {
            all(a, b, expression)
        }
        (Node::Map(a), Node::Map(b)) => {
            all(a, b, |(a, a_value), (b, b_value)| expression(a, b) && expression(a_value, b_value))
        }
        (Node::Variable(a), Node::Variable(b)) => a == b,
        (Node::Call(a), Node::Call(b)) => call(a, b),
        (Node::Path { root: a, steps: a_steps }, Node::Path { root: b, steps: b_steps }) => {
            expression(a, b) && all(a_steps, b_steps, |(a, _), (b, _)| step(a, b))
        }
        (
            Node::Unary { operator: a, operand: a_operand },
            Node::Unary { operator: b, operand: b_operand },
        ) => a == b && expression(a_operand, b_operand),
        (Node::Chain { first: a, links: a_links }, Node::Chain { first: b, links: b_links }) => {
            expression(a, b) && all(a_links, b_links, |(a, _), (b, _)| link(a, b))
        }
        (Node::Choice(a), Node::Choice(b)) => all(&**a, &**b, expression),
        (
            Node::Literal(_)
            | Node::Interpolated(_)
            | Node::List(_)
            | Node::Map(_)
            | Node::Variable(_)
            | Node::Call(_)
            | Node::Path { .. }
            | Node::Unary { .. }
            | Node::Chain { .. }
            | Node::Choice(_),
            _,
        ) => false,
    }
}

fn literal(left: &Literal, right: &Literal) -> bool {
    match (left, right) {
        (Literal::Null, Literal::Null) => true,
        (Literal::Bool(a), Literal::Bool(b)) => a == b,
        (Literal::Integer(a), Literal::Integer(b)) => a == b,
        (Literal::Double(a), Literal::Double(b)) => a.to_bits() == b.to_bits(),
        (Literal::String(a), Literal::String(b)) => a == b,
        (
            Literal::Null | Literal::Bool(_) | Literal::Integer(_) | Literal::Double(_) | Literal::String(_),
            _,
        ) => false,
    }
}

fn call(left: &Call, right: &Call) -> bool {
    match (left, right) {
        (
            Call::Function { function: a, arguments: a_given },
            Call::Function { function: b, arguments: b_given },
        ) => a.name == b.name && all(a_given, b_given, |a, b| optional(a.as_ref(), b.as_ref())),
        (Call::Macro { index: a, arguments: a_given }, Call::Macro { index: b, arguments: b_given }) => {
            a == b && given(a_given, b_given)
        }
        (Call::Function { .. } | Call::Macro { .. }, _) => false,
    }
}

fn given(left: &MacroArguments, right: &MacroArguments) -> bool {
    all(&left.positional, &right.positional, expression)
        && all(&left.named, &right.named, |(a, a_value), (b, b_value)| a == b && expression(a_value, b_value))
}

fn step(left: &Step, right: &Step) -> bool {
    match (left, right) {
        (Step::Attribute(a), Step::Attribute(b)) => a == b,
        (Step::Index(a), Step::Index(b)) => expression(a, b),
        (Step::Method { name: a, arguments: a_given }, Step::Method { name: b, arguments: b_given }) => {
            a == b && all(a_given, b_given, expression)
        }
        (Step::Attribute(_) | Step::Index(_) | Step::Method { .. }, _) => false,
    }
}

fn link(left: &Link, right: &Link) -> bool {
    match (left, right) {
        (Link::Binary(a, a_right), Link::Binary(b, b_right)) => a == b && expression(a_right, b_right),
        (Link::Filter(a), Link::Filter(b)) => filter(a, b),
        (Link::Is { predicate: a, negated: a_not }, Link::Is { predicate: b, negated: b_not }) => {
            a.name == b.name && a_not == b_not
        }
        (Link::Binary(..) | Link::Filter(_) | Link::Is { .. }, _) => false,
    }
}

fn filter(left: &FilterCall, right: &FilterCall) -> bool {
    left.filter.name == right.filter.name
        && all(&left.arguments, &right.arguments, |a, b| optional(a.as_ref(), b.as_ref()))
}
