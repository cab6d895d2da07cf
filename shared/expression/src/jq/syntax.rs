//! The shape of a jq program. Chains of operators are lists and not trees, so that only brackets, signs and
//! keywords nest, which the parser counts.

use crate::Value;

#[derive(Debug)]
pub(super) enum Term {
    Identity,
    /// `..`
    Recurse,
    Number(Value<'static>),
    /// Text and what is interpolated, each through a format such as `@base64`.
    Text(Option<String>, Vec<Piece>),
    Array(Option<Box<Term>>),
    Object(Vec<(Term, Term)>),
    Negate(Box<Term>),
    Pipe(Vec<Term>),
    Comma(Vec<Term>),
    /// `a // b // c`
    Alternative(Vec<Term>),
    /// Operators of one precedence, from left to right.
    Chain(Box<Term>, Vec<(Operator, Term)>),
    /// `path |= f`, `path = f`, `path += f`, `path //= f`
    Update(Box<Term>, Change, Box<Term>),
    If(Vec<(Term, Term)>, Option<Box<Term>>),
    Try(Box<Term>, Option<Box<Term>>),
    Reduce(Box<Term>, Pattern, Box<[Term; 2]>),
    Foreach(Box<Term>, Pattern, Box<[Term; 2]>, Option<Box<Term>>),
    /// With one pattern or several, of which the first is taken that nothing fails with.
    Bind(Box<Term>, Vec<Pattern>, Box<Term>),
    Define(Vec<Definition>, Box<Term>),
    Label(String, Box<Term>),
    Break(String),
    Call(String, Vec<Term>),
    Variable(String),
    Path(Box<Term>, Vec<Step>),
}

#[derive(Debug)]
pub(super) enum Piece {
    Plain(String),
    Term(Term),
}

#[derive(Debug)]
pub(super) enum Step {
    Index(Term),
    Slice(Option<Term>, Option<Term>),
    Iterate,
    /// `?`: what the steps before it fail with is nothing.
    Optional,
}

#[derive(Debug)]
pub(super) enum Pattern {
    Variable(String),
    Array(Vec<Pattern>),
    Object(Vec<(Term, Pattern)>),
}

#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    /// With the `$` of those that are values.
    pub(super) parameters: Vec<String>,
    pub(super) body: Term,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// `=`
    Assign,
    /// `|=`
    Modify,
    /// `+=` and its like.
    Compute(Operator),
    /// `//=`
    Default,
}
