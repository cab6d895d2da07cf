//! The parser: a cursor over tokens. What it reads with it is in `expression`, `call` and `tag`.

use super::{
    Block, Body, Expression, Macro, NESTING_MAX, SOURCE_BYTES_MAX, Span, Statement, Tree, lexer,
    token::{Kind, Token},
};
use crate::{ParseError, functions};

pub(super) type Result<T> = std::result::Result<T, ParseError>;

pub(super) fn error(source: &str, span: Span, message: impl Into<String>) -> ParseError {
    ParseError { message: message.into(), span: span.range(), line: span.line(source) }
}

pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    tokens: Vec<Token>,
    at: usize,
    nesting: usize,
    /// Macros that were called or defined so far; a call may come first.
    pub(super) macros: Vec<MacroSlot>,
    pub(super) blocks: Vec<Block>,
}

pub(super) struct MacroSlot {
    pub(super) name: Box<str>,
    pub(super) first_seen: Span,
    pub(super) definition: Option<Macro>,
}

/// Parses a template.
pub(crate) fn parse(source: &str) -> Result<Tree> {
    if source.len() > SOURCE_BYTES_MAX {
        let span = Span::new(0, 0);
        return Err(error(source, span, format!("Template longer than {SOURCE_BYTES_MAX} bytes")));
    }
    let tokens = lexer::tokens(source)?;
    let mut parser = Parser { source, tokens, at: 0, nesting: 0, macros: Vec::new(), blocks: Vec::new() };
    let body = parser.body(&[])?;
    if let Some(unknown) = parser.macros.iter().find(|slot| slot.definition.is_none()) {
        let defined = parser.macros.iter().filter(|slot| slot.definition.is_some()).map(|slot| &*slot.name);
        return Err(error(source, unknown.first_seen, functions::unknown(&unknown.name, defined)));
    }
    let macros = parser.macros.into_iter().filter_map(|slot| slot.definition).collect();
    Ok(Tree { body, macros, blocks: parser.blocks })
}

impl Parser<'_> {
    /// Statements up to one of these tags, which stays unread; up to the end of the text when there are none.
    pub(super) fn body(&mut self, ends: &[&str]) -> Result<Body> {
        let mut body = Body::new();
        loop {
            let token = self.peek();
            match token.kind {
                Kind::Text => {
                    self.advance();
                    body.push(Statement::Text(token.span));
                }
                Kind::Raw => {
                    self.advance();
                    body.push(Statement::Raw(token.span));
                }
                Kind::PrintOpen => {
                    self.advance();
                    body.push(Statement::Print(self.expression()?));
                    self.expect(Kind::PrintClose)?;
                }
                Kind::TagOpen if self.at_tag(ends) => return Ok(body),
                Kind::TagOpen => body.push(self.nested(Self::tag)?),
                Kind::End if ends.is_empty() => return Ok(body),
                _ => {
                    let expected = ends.join(" or ");
                    return Err(
                        self.error(token.span, format!("Unexpected end of template: expected {expected}"))
                    );
                }
            }
        }
    }

    /// Whether the tag that opens here has one of these names.
    fn at_tag(&self, names: &[&str]) -> bool {
        let name = self.peek_second();
        name.kind == Kind::Name && names.contains(&name.span.of(self.source))
    }

    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting == NESTING_MAX {
            return Err(self.error(self.peek().span, format!("Nested deeper than {NESTING_MAX} levels")));
        }
        self.nesting += 1;
        let parsed = parse(self);
        self.nesting -= 1;
        parsed
    }

    pub(super) fn peek(&self) -> Token {
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    pub(super) fn peek_second(&self) -> Token {
        self.tokens[(self.at + 1).min(self.tokens.len() - 1)]
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.peek();
        self.at += 1;
        token
    }

    /// The span of the token before the cursor.
    pub(super) fn previous(&self) -> Span {
        self.tokens[self.at.saturating_sub(1)].span
    }

    pub(super) fn at_symbol(&self, symbol: &'static str) -> bool {
        self.peek().kind == Kind::Symbol(symbol)
    }

    pub(super) fn at_name(&self, name: &str) -> bool {
        self.peek().kind == Kind::Name && self.peek().span.of(self.source) == name
    }

    pub(super) fn eat(&mut self, symbol: &'static str) -> bool {
        let found = self.at_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn eat_name(&mut self, name: &str) -> bool {
        let found = self.at_name(name);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, kind: Kind) -> Result<Token> {
        let token = self.peek();
        if token.kind != kind {
            return Err(self.unexpected(kind));
        }
        self.at += 1;
        Ok(token)
    }

    pub(super) fn name(&mut self) -> Result<Box<str>> {
        Ok(self.expect(Kind::Name)?.span.of(self.source).into())
    }

    /// Pebble's wording, and what to write instead where that is known.
    fn unexpected(&self, expected: Kind) -> ParseError {
        let token = self.peek();
        let text = token.span.of(self.source);
        let value = if token.kind == Kind::End { "null" } else { text };
        let hint = match (expected, text) {
            (Kind::Name, text) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                " (an index is written `[0]`)"
            }
            (_, "in") => " (to look into a list write `list contains x`)",
            (_, "[") => " (to index a list literal write `([1, 2])[0]`)",
            (_, "|") => " (write `or`)",
            (_, "=") => " (write `==`)",
            _ => "",
        };
        let expected = match expected {
            Kind::Symbol(symbol) => format!("{} \"{symbol}\"", expected.name()),
            other => other.name().to_owned(),
        };
        let kind = token.kind.name();
        self.error(
            token.span,
            format!("Unexpected token of value \"{value}\" and type {kind}, expected token of type {expected}{hint}"),
        )
    }

    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> ParseError {
        error(self.source, span, message)
    }

    /// The span from the start of an expression to the cursor.
    pub(super) fn since(&self, first: &Expression) -> Span {
        first.span.to(self.previous())
    }
}
