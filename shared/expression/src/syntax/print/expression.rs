//! Prints expressions, with parentheses where precedence asks for them.

use super::{
    Printer,
    literal::{escaped, literal},
};
use crate::{
    invocation::Parameters,
    syntax::{
        Call, Expression, FilterCall, Link, Literal, MacroArguments, Node, Span, Step, Unary,
        operator::{INFIX, Infix},
    },
};

impl Printer<'_> {
    pub(super) fn expression(&mut self, expression: &Expression) {
        match &expression.node {
            Node::Literal(value) => self.push(&literal(value)),
            Node::Interpolated(pieces) => self.interpolated(pieces),
            Node::List(items) => {
                self.push("[");
                self.separated(items, ", ", Self::expression);
                self.push("]");
            }
            Node::Map(entries) => {
                self.push("{");
                self.separated(entries, ", ", |printer, (key, value)| {
                    printer.expression(key);
                    printer.push(": ");
                    printer.expression(value);
                });
                self.push("}");
            }
            Node::Variable(name) => self.push(name),
            Node::Call(Call::Function { function, arguments }) => {
                self.push(function.name);
                self.push("(");
                self.bound(function.parameters, arguments);
                self.push(")");
            }
            Node::Call(Call::Macro { index, arguments }) => self.call(*index, arguments),
            Node::Path { root, steps } => self.path(root, steps),
            Node::Unary { operator, operand } => {
                self.push(match operator {
                    Unary::Not => "not ",
                    Unary::Minus => "-",
                    Unary::Plus => "+",
                });
                self.grouped(operand, loosest(operand).is_some());
            }
            Node::Chain { first, links } => {
                self.grouped(first, loosest(first).is_some());
                for (link, _) in links {
                    self.link(link);
                }
            }
            Node::Choice(choice) => {
                let [condition, then, otherwise] = &**choice;
                self.grouped(condition, matches!(condition.node, Node::Choice(_)));
                self.push(" ? ");
                self.expression(then);
                self.push(" : ");
                self.expression(otherwise);
            }
        }
    }

    pub(super) fn filter(&mut self, call: &FilterCall) {
        self.push(call.filter.name);
        if !call.arguments.is_empty() {
            self.push("(");
            self.bound(call.filter.parameters, &call.arguments);
            self.push(")");
        }
    }

    fn grouped(&mut self, expression: &Expression, group: bool) {
        if group {
            self.push("(");
        }
        self.expression(expression);
        if group {
            self.push(")");
        }
    }

    /// A literal piece stands between holes as it is, but for where it would become one with another, or leave
    /// a string without any hole: there it takes a hole of its own.
    fn interpolated(&mut self, pieces: &[Expression]) {
        self.push("\"");
        let mut in_hole = pieces.iter().all(|piece| chunk(piece).is_some());
        for piece in pieces {
            match chunk(piece) {
                Some(text) if !in_hole => {
                    self.push(&text);
                    in_hole = true;
                }
                Some(_) | None => {
                    self.push("#{");
                    self.expression(piece);
                    self.push("}");
                    in_hole = false;
                }
            }
        }
        self.push("\"");
    }

    /// Arguments by position up to the first that is missing, the others by name.
    fn bound(&mut self, parameters: Parameters, arguments: &[Option<Expression>]) {
        let positional = arguments.iter().take_while(|argument| argument.is_some()).count();
        let given =
            arguments.iter().enumerate().filter_map(|(index, argument)| Some((index, argument.as_ref()?)));
        for (count, (index, argument)) in given.enumerate() {
            if count > 0 {
                self.push(", ");
            }
            if let Parameters::Named(names) = parameters
                && index >= positional
            {
                self.pushed([names[index], "="]);
            }
            self.expression(argument);
        }
    }

    fn call(&mut self, index: usize, arguments: &MacroArguments) {
        self.pushed([&self.tree.macros[index].name, "("]);
        self.separated(&arguments.positional, ", ", Self::expression);
        if !arguments.positional.is_empty() && !arguments.named.is_empty() {
            self.push(", ");
        }
        self.separated(&arguments.named, ", ", |printer, (name, value)| {
            printer.pushed([name, "="]);
            printer.expression(value);
        });
        self.push(")");
    }

    fn path(&mut self, root: &Expression, steps: &[(Step, Span)]) {
        let group = match &root.node {
            Node::Literal(_) | Node::Interpolated(_) | Node::Variable(_) | Node::Call(_) => false,
            Node::List(_)
            | Node::Map(_)
            | Node::Path { .. }
            | Node::Unary { .. }
            | Node::Chain { .. }
            | Node::Choice(_) => true,
        };
        self.grouped(root, group);
        for (step, _) in steps {
            match step {
                Step::Attribute(name) => self.pushed([".", name]),
                Step::Index(index) => {
                    self.push("[");
                    self.expression(index);
                    self.push("]");
                }
                Step::Method { name, arguments } => {
                    self.pushed([".", name, "("]);
                    self.separated(arguments, ", ", Self::expression);
                    self.push(")");
                }
            }
        }
    }

    fn link(&mut self, link: &Link) {
        match link {
            Link::Binary(operator, right) => {
                let (word, precedence) = spelling(Infix::Binary(*operator));
                self.pushed([" ", word, " "]);
                self.grouped(right, loosest(right).is_some_and(|loosest| loosest <= precedence));
            }
            Link::Filter(call) => {
                self.push(" | ");
                self.filter(call);
            }
            Link::Is { predicate, negated } => {
                self.pushed([" is ", if *negated { "not " } else { "" }, predicate.name]);
            }
        }
    }
}

/// What a literal piece of a string with holes looks like outside of them.
fn chunk(piece: &Expression) -> Option<String> {
    match &piece.node {
        Node::Literal(Literal::String(text)) if !text.is_empty() => escaped(text, '"'),
        Node::Literal(_)
        | Node::Interpolated(_)
        | Node::List(_)
        | Node::Map(_)
        | Node::Variable(_)
        | Node::Call(_)
        | Node::Path { .. }
        | Node::Unary { .. }
        | Node::Chain { .. }
        | Node::Choice(_) => None,
    }
}

/// The first word for it, and how tightly it binds.
fn spelling(infix: Infix) -> (&'static str, u8) {
    let found = INFIX.iter().find(|(_, known, _)| *known == infix);
    let &(word, _, precedence) = found.expect("the table has every operator");
    (word, precedence)
}

/// How tightly the loosest of the operators binds that a neighbour could come between.
fn loosest(expression: &Expression) -> Option<u8> {
    match &expression.node {
        Node::Choice(_) => Some(0),
        Node::Chain { links, .. } => links.iter().map(|(link, _)| precedence(link)).min(),
        Node::Literal(_)
        | Node::Interpolated(_)
        | Node::List(_)
        | Node::Map(_)
        | Node::Variable(_)
        | Node::Call(_)
        | Node::Path { .. }
        | Node::Unary { .. } => None,
    }
}

pub(super) fn precedence(link: &Link) -> u8 {
    let infix = match link {
        Link::Binary(operator, _) => Infix::Binary(*operator),
        Link::Filter(_) => Infix::Filter,
        Link::Is { .. } => Infix::Is,
    };
    spelling(infix).1
}
