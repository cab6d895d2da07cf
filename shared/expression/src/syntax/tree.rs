//! The tree of a template.
//!
//! Left-associative operators, filters and tests hang on one [`Node::Chain`], attributes and indexes on one
//! [`Node::Path`]: a sum of ten thousand terms is no deeper than a sum of two.

use super::{Binary, Span, Unary};
use crate::{filters::Filter, functions::Function, predicates::Predicate};

/// A whole template.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) body: Body,
    /// Callable everywhere in the template, also before their definition.
    pub(crate) macros: Vec<Macro>,
    pub(crate) blocks: Vec<Block>,
}

impl Tree {
    /// Whether it holds no more than text, so that rendering its result again changes nothing.
    pub(crate) fn is_settled(&self) -> bool {
        self.body.iter().all(|statement| {
            matches!(statement, Statement::Text(_) | Statement::Raw(_) | Statement::Macro(_))
        })
    }
}

pub(crate) type Body = Vec<Statement>;

#[derive(Debug)]
pub(crate) enum Statement {
    Text(Span),
    /// The inside of `{% raw %}`.
    Raw(Span),
    Print(Expression),
    If {
        /// Conditions and what they guard, tried in order.
        branches: Vec<(Expression, Body)>,
        otherwise: Body,
    },
    For {
        variable: Box<str>,
        iterable: Expression,
        body: Body,
        otherwise: Body,
    },
    Set {
        name: Box<str>,
        value: Expression,
    },
    /// Prints `Tree::blocks[index]`.
    Block(usize),
    /// Prints nothing: `Tree::macros[index]` is defined here.
    Macro(usize),
    Filter {
        filters: Vec<FilterCall>,
        body: Body,
    },
}

#[derive(Debug)]
pub(crate) struct Macro {
    pub(crate) name: Box<str>,
    pub(crate) parameters: Vec<(Box<str>, Option<Expression>)>,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) name: Box<str>,
    pub(crate) body: Body,
}

#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) node: Node,
    pub(crate) span: Span,
}

#[derive(Debug)]
pub(crate) enum Node {
    Literal(Literal),
    /// A string with holes.
    Interpolated(Vec<Expression>),
    List(Vec<Expression>),
    Map(Vec<(Expression, Expression)>),
    Variable(Box<str>),
    Call(Call),
    /// `root.name[index].method()`
    Path {
        root: Box<Expression>,
        steps: Vec<(Step, Span)>,
    },
    Unary {
        operator: Unary,
        operand: Box<Expression>,
    },
    /// `first + second | filter is test`, from left to right.
    Chain {
        first: Box<Expression>,
        links: Vec<(Link, Span)>,
    },
    /// `condition ? then : otherwise`
    Choice(Box<[Expression; 3]>),
}

#[derive(Debug)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Integer(i64),
    Double(f64),
    String(Box<str>),
}

#[derive(Debug)]
pub(crate) enum Call {
    Function {
        function: &'static Function,
        arguments: Vec<Option<Expression>>,
    },
    /// Calls `Tree::macros[index]`.
    Macro {
        index: usize,
        arguments: MacroArguments,
    },
}

/// Arguments as they were written, to be matched with parameters.
#[derive(Debug, Default)]
pub(crate) struct MacroArguments {
    pub(crate) positional: Vec<Expression>,
    pub(crate) named: Vec<(Box<str>, Expression)>,
}

#[derive(Debug)]
pub(crate) enum Step {
    Attribute(Box<str>),
    Index(Expression),
    Method { name: Box<str>, arguments: Vec<Expression> },
}

#[derive(Debug)]
pub(crate) enum Link {
    Binary(Binary, Expression),
    Filter(FilterCall),
    Is { predicate: &'static Predicate, negated: bool },
}

#[derive(Debug)]
pub(crate) struct FilterCall {
    pub(crate) filter: &'static Filter,
    /// One for each parameter of the filter.
    pub(crate) arguments: Vec<Option<Expression>>,
    pub(crate) span: Span,
}
