//! Reads expressions: precedence climbing, with a loop where Pebble's grammar is left associative.

use super::{
    Expression, Link, Literal, Node, Span, Step, Unary,
    operator::{INFIX, Infix, is_word},
    parser::{Parser, Result},
    token::Kind,
};
use crate::predicates;

impl Parser<'_> {
    /// The ternary, which binds loosest.
    pub(super) fn expression(&mut self) -> Result<Expression> {
        self.nested(|parser| {
            let condition = parser.chain(0)?;
            if !parser.eat("?") {
                return Ok(condition);
            }
            let then = parser.expression()?;
            parser.expect(Kind::Symbol(":"))?;
            let otherwise = parser.expression()?;
            let span = parser.since(&condition);
            Ok(Expression { node: Node::Choice(Box::new([condition, then, otherwise])), span })
        })
    }

    /// Operators that bind at least as tightly as `minimum`.
    fn chain(&mut self, minimum: u8) -> Result<Expression> {
        let first = self.unary()?;
        let mut links = Vec::new();
        while let Some((infix, precedence)) = self.infix().filter(|&(_, precedence)| precedence >= minimum) {
            let operator = self.advance().span;
            let link = match infix {
                Infix::Binary(binary) => {
                    Link::Binary(binary, self.nested(|parser| parser.chain(precedence + 1))?)
                }
                Infix::Filter => Link::Filter(self.filter()?),
                Infix::Is => self.predicate()?,
            };
            links.push((link, operator.to(self.previous())));
        }
        if links.is_empty() {
            return Ok(first);
        }
        let span = self.since(&first);
        Ok(Expression { node: Node::Chain { first: Box::new(first), links }, span })
    }

    fn infix(&self) -> Option<(Infix, u8)> {
        let token = self.peek();
        if !matches!(token.kind, Kind::Symbol(_) | Kind::Name) {
            return None;
        }
        let text = token.span.of(self.source);
        INFIX.iter().find(|&&(word, ..)| word == text).map(|&(_, infix, precedence)| (infix, precedence))
    }

    fn predicate(&mut self) -> Result<Link> {
        let negated = self.eat_name("not");
        let name = self.expect(Kind::Name)?.span;
        match predicates::find(name.of(self.source)) {
            Ok(predicate) => Ok(Link::Is { predicate, negated }),
            Err(message) => Err(self.error(name, message)),
        }
    }

    fn unary(&mut self) -> Result<Expression> {
        let token = self.peek();
        let operator = match token.kind {
            Kind::Symbol("-") => Unary::Minus,
            Kind::Symbol("+") => Unary::Plus,
            Kind::Name if self.at_name("not") => Unary::Not,
            _ => return self.postfix(),
        };
        self.advance();
        let operand = Box::new(self.nested(Self::unary)?);
        let span = token.span.to(operand.span);
        Ok(Expression { node: Node::Unary { operator, operand }, span })
    }

    fn postfix(&mut self) -> Result<Expression> {
        let bare_literal = self.at_symbol("[") || self.at_symbol("{");
        let root = self.primary()?;
        if bare_literal {
            return Ok(root);
        }
        let mut steps = Vec::new();
        loop {
            let start = self.peek().span;
            let step = if self.eat(".") {
                let name = self.name()?;
                if self.at_symbol("(") {
                    Step::Method { name, arguments: self.positional()? }
                } else {
                    Step::Attribute(name)
                }
            } else if self.eat("[") {
                let index = self.expression()?;
                self.expect(Kind::Symbol("]"))?;
                Step::Index(index)
            } else {
                break;
            };
            steps.push((step, start.to(self.previous())));
        }
        if steps.is_empty() {
            return Ok(root);
        }
        let span = self.since(&root);
        Ok(Expression { node: Node::Path { root: Box::new(root), steps }, span })
    }

    fn primary(&mut self) -> Result<Expression> {
        let token = self.peek();
        let text = token.span.of(self.source);
        let node = match token.kind {
            Kind::Name if is_word(text) => return Err(self.unexpected_primary()),
            Kind::Name if self.peek_second().kind == Kind::Symbol("(") => return self.call(),
            Kind::Name => named(text),
            Kind::Integer => Node::Literal(Literal::Integer(self.integer(token.span)?)),
            Kind::Decimal => Node::Literal(Literal::Double(text.parse().expect("digits, a dot and digits"))),
            Kind::String(quote) => Node::Literal(Literal::String(unescape(text, quote))),
            Kind::Quote => return self.interpolated(),
            Kind::Symbol("(") => {
                self.advance();
                let mut inner = self.expression()?;
                self.expect(Kind::Symbol(")"))?;
                inner.span = token.span.to(self.previous());
                return Ok(inner);
            }
            Kind::Symbol("[") => return self.list(),
            Kind::Symbol("{") => return self.map(),
            Kind::Text
            | Kind::Raw
            | Kind::PrintOpen
            | Kind::PrintClose
            | Kind::TagOpen
            | Kind::TagClose
            | Kind::HoleOpen
            | Kind::HoleClose
            | Kind::Symbol(_)
            | Kind::End => return Err(self.unexpected_primary()),
        };
        self.advance();
        Ok(Expression { node, span: token.span })
    }

    fn unexpected_primary(&self) -> crate::ParseError {
        let token = self.peek();
        let kind = token.kind.name();
        let text = token.span.of(self.source);
        self.error(token.span, format!("Unexpected token \"{kind}\" of value \"{text}\""))
    }

    fn integer(&self, span: Span) -> Result<i64> {
        let digits = span.of(self.source).trim_end_matches('L');
        digits.parse().map_err(|_| self.error(span, format!("{digits} does not fit in 64 bits")))
    }

    fn interpolated(&mut self) -> Result<Expression> {
        let open = self.advance().span;
        let mut pieces = Vec::new();
        loop {
            let token = self.advance();
            match token.kind {
                Kind::String(quote) => {
                    let text = Literal::String(unescape(token.span.of(self.source), quote));
                    pieces.push(Expression { node: Node::Literal(text), span: token.span });
                }
                Kind::HoleOpen => {
                    pieces.push(self.expression()?);
                    self.expect(Kind::HoleClose)?;
                }
                _ => break,
            }
        }
        Ok(Expression { node: Node::Interpolated(pieces), span: open.to(self.previous()) })
    }

    fn list(&mut self) -> Result<Expression> {
        let open = self.advance().span;
        let mut items = Vec::new();
        while !self.at_symbol("]") {
            items.push(self.expression()?);
            if !self.eat(",") {
                break;
            }
        }
        let close = self.expect(Kind::Symbol("]"))?.span;
        Ok(Expression { node: Node::List(items), span: open.to(close) })
    }

    fn map(&mut self) -> Result<Expression> {
        let open = self.advance().span;
        let mut entries = Vec::new();
        while !self.at_symbol("}") {
            let key = self.expression()?;
            self.expect(Kind::Symbol(":"))?;
            entries.push((key, self.expression()?));
            if !self.eat(",") {
                break;
            }
        }
        let close = self.expect(Kind::Symbol("}"))?.span;
        Ok(Expression { node: Node::Map(entries), span: open.to(close) })
    }
}

fn named(name: &str) -> Node {
    match name {
        "true" | "TRUE" => Node::Literal(Literal::Bool(true)),
        "false" | "FALSE" => Node::Literal(Literal::Bool(false)),
        "null" | "NULL" | "none" | "NONE" => Node::Literal(Literal::Null),
        _ => Node::Variable(name.into()),
    }
}

/// Pebble: a backslash escapes the quote around the string and nothing else.
pub(super) fn unescape(text: &str, quote: char) -> Box<str> {
    if text.contains('\\') {
        text.replace(&format!("\\{quote}"), &quote.to_string()).into()
    } else {
        text.into()
    }
}
