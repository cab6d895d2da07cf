//! The tree of a path.

use serde_json::Value as Json;

#[derive(Debug)]
pub(super) struct Path {
    pub(super) origin: Origin,
    pub(super) steps: Vec<Step>,
}

/// Where a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// `$`: all variables.
    Document,
    /// `@`: the value that a filter looks at.
    Current,
}

#[derive(Debug)]
pub(super) enum Step {
    Key(Box<str>),
    /// At the end of a path the part of the map with these keys; before it each of their values.
    Keys(Vec<Box<str>>),
    All,
    Index(i64),
    Indexes(Vec<i64>),
    Slice {
        from: Option<i64>,
        to: Option<i64>,
        step: usize,
    },
    /// `..`: a value and every list and map below it.
    Below,
    Filter(Condition),
    Call(Function, Vec<Argument>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Average,
    Concat,
    First,
    Keys,
    Last,
    Length,
    Max,
    Min,
    Sum,
}

#[derive(Debug)]
pub(super) enum Argument {
    Path(Path),
    Literal(Json),
}

#[derive(Debug)]
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Exists(Path),
    Compares(Operand, Comparison, Operand),
}

#[derive(Debug)]
pub(super) enum Operand {
    Path(Path),
    Literal(Json),
    Pattern(Pattern),
}

/// `/…/i`, compiled when it is first needed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Pattern {
    pub(super) source: String,
    /// Those of `i`, `m` and `s` that are set.
    pub(super) flags: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    /// `===`: a text is never equal to a number.
    Same,
    NotSame,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    Contains,
    Size,
    Empty,
}
