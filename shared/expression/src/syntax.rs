//! From text to tree: lexer, parser and the tree itself.
//!
//! Parsing knows every filter, function and test by name, so that a flow with a misspelt one is refused
//! when it is created and not when it runs.
//!
//! # Invariants
//! * No input overflows the stack: nesting is counted, and whatever may be long (operators, filters,
//!   attributes, branches) is a vector, never a chain of boxes.
//! * Every node knows the bytes that it came from.

mod call;
mod expression;
mod lexer;
mod operator;
mod parser;
mod print;
mod same;
mod span;
mod tag;
mod token;
mod tree;

#[cfg(test)]
mod tests;

pub(crate) use call::unknown_argument;
pub(crate) use operator::{Binary, Unary};
pub(crate) use parser::parse;
pub(crate) use print::print;
pub(crate) use same::same;
pub(crate) use span::Span;
#[cfg(test)]
pub(crate) use tag::TAGS;
pub(crate) use tree::{
    Block, Body, Call, Expression, FilterCall, Link, Literal, Macro, MacroArguments, Node, Statement, Step,
    Tree,
};

/// Bytes of a template that holds expressions. Text without any has no limit here.
pub(crate) const SOURCE_BYTES_MAX: usize = 1 << 20;

/// Levels of parentheses, literals, arguments, operators and tags inside each other.
pub(crate) const NESTING_MAX: usize = 100;

/// Macros that a template may define or call, and parameters that one may have: both are searched one after
/// the other.
pub(crate) const MACROS_MAX: usize = 200;

/// Whether a text has anything to parse. Single braces are text.
pub(crate) fn has_expression(source: &str) -> bool {
    source.as_bytes().windows(2).any(|pair| matches!(pair, b"{{" | b"{%" | b"{#"))
}

/// All operators that stand between two expressions, for the page that lists them.
#[cfg(test)]
pub(crate) fn operators() -> impl Iterator<Item = &'static str> {
    operator::INFIX.iter().map(|&(word, ..)| word)
}
