//! Trees such as the parser makes them.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use super::super::{expression::precedence, literal::quoted};
use crate::{
    filters,
    functions::{self, Known},
    invocation::Parameters,
    predicates,
    syntax::{
        Binary, Block, Body, Call, Expression, FilterCall, Link, Literal, Macro, MacroArguments, Node, Span,
        Statement, Step, Tree, Unary,
        operator::{INFIX, Infix},
    },
};

/// What every text of a tree is a piece of.
const TEXTS: &str = " a { b }} {{ no }} é {% no %}\n{# no #} 'q' \"d\" - {{{ #{x} }";

/// A template with one macro, which may be called everywhere, and with blocks at its end.
pub(super) fn any_tree() -> impl Strategy<Value = (String, Tree)> {
    let parameters = vec((name(), option::of(expression())), 0..3);
    let definition = (name(), parameters, body()).prop_map(|(name, parameters, body)| {
        let name = format!("macro_{name}").into();
        Macro { name, parameters, body }
    });
    let block_name = prop_oneof![name(), Just("a 'b'").prop_map(Into::into), Just("").prop_map(Into::into)];
    let block = (block_name, body()).prop_map(|(name, body)| Block { name, body });
    (body(), definition, vec(block, 0..3), any::<Index>()).prop_map(|(mut body, definition, blocks, at)| {
        body.extend((0..blocks.len()).map(Statement::Block));
        body.insert(at.index(body.len() + 1), Statement::Macro(0));
        (TEXTS.to_owned(), Tree { body, macros: vec![definition], blocks })
    })
}

fn body() -> impl Strategy<Value = Body> {
    let leaf = prop_oneof![
        text().prop_map(Statement::Text),
        text().prop_map(Statement::Raw),
        expression().prop_map(Statement::Print),
        (name(), expression()).prop_map(|(name, value)| Statement::Set { name, value }),
    ];
    let statement = leaf.prop_recursive(2, 8, 3, |inner| {
        let body = vec(inner, 0..3).boxed();
        prop_oneof![
            (vec((expression(), body.clone()), 1..3), body.clone())
                .prop_map(|(branches, otherwise)| Statement::If { branches, otherwise }),
            (name(), expression(), body.clone(), body.clone()).prop_map(
                |(variable, iterable, body, otherwise)| Statement::For {
                    variable,
                    iterable,
                    body,
                    otherwise
                }
            ),
            (vec(filter(expression().boxed()), 1..3), body)
                .prop_map(|(filters, body)| Statement::Filter { filters, body }),
        ]
    });
    vec(statement, 0..4)
}

fn span() -> Span {
    Span::new(0, 0)
}

fn placed(node: Node) -> Expression {
    Expression { node, span: span() }
}

fn text() -> impl Strategy<Value = Span> {
    let ends: Vec<usize> = TEXTS.char_indices().map(|(at, _)| at).chain([TEXTS.len()]).collect();
    (any::<Index>(), any::<Index>()).prop_map(move |(from, to)| {
        let from = from.index(ends.len() - 1);
        let to = from + 1 + to.index(ends.len() - from - 1);
        Span::new(ends[from], ends[to])
    })
}

fn name() -> impl Strategy<Value = Box<str>> {
    select(&["a", "b1", "loop", "in", "is_even", "nothing", "endif", "_"][..]).prop_map(Into::into)
}

fn literal() -> impl Strategy<Value = Literal> {
    let string = vec(select(&["a", "'", "\"", "\\", "#", "{", "}", "é", "\n"][..]), 0..5)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("no quotes hold it", |text| {
            ['\'', '"'].into_iter().any(|quote| quoted(text, quote).is_some())
        });
    let double = prop_oneof![any::<f64>().prop_map(f64::abs), Just(0.1), Just(1e300), Just(f64::INFINITY)];
    prop_oneof![
        Just(()).prop_map(|()| Literal::Null),
        any::<bool>().prop_map(Literal::Bool),
        (0..=i64::MAX).prop_map(Literal::Integer),
        double.prop_filter("not a number", |double| !double.is_nan()).prop_map(Literal::Double),
        string.prop_map(|text| Literal::String(text.into())),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![literal().prop_map(Node::Literal), name().prop_map(Node::Variable)];
    leaf.prop_map(placed).prop_recursive(4, 24, 3, |inner| node(&inner).prop_map(placed))
}

fn node(inner: &BoxedStrategy<Expression>) -> impl Strategy<Value = Node> + use<> {
    let one = || inner.clone();
    let root = || inner.clone().prop_map(Box::new);
    let few = || vec(inner.clone(), 0..3);
    let step = prop_oneof![
        name().prop_map(Step::Attribute),
        one().prop_map(Step::Index),
        (name(), few()).prop_map(|(name, arguments)| Step::Method { name, arguments }),
    ];
    let steps = vec(step.prop_map(|step| (step, span())), 1..3);
    prop_oneof![
        vec(one(), 1..4).prop_map(Node::Interpolated),
        few().prop_map(Node::List),
        vec((one(), one()), 0..3).prop_map(Node::Map),
        call(inner).prop_map(Node::Call),
        (root(), steps).prop_map(|(root, steps)| Node::Path { root, steps }),
        (select(&[Unary::Not, Unary::Minus, Unary::Plus][..]), root())
            .prop_map(|(operator, operand)| Node::Unary { operator, operand }),
        (one(), vec(link(one()), 1..4)).prop_map(|(first, links)| chain(first, links)),
        [one(), one(), one()].prop_map(|choice| Node::Choice(Box::new(choice))),
    ]
}

fn call(inner: &BoxedStrategy<Expression>) -> impl Strategy<Value = Call> + use<> {
    let given = inner.clone();
    let function = select(&["now", "max", "randomInt", "uuid"][..]).prop_flat_map(move |name| {
        let Known::Built(function) = functions::find(name) else { unreachable!("{name} is built") };
        arguments(function.parameters, given.clone())
            .prop_map(move |arguments| Call::Function { function, arguments })
    });
    let to_macro = (vec(inner.clone(), 0..3), vec((name(), inner.clone()), 0..3));
    prop_oneof![
        function,
        to_macro.prop_map(|(positional, named)| {
            Call::Macro { index: 0, arguments: MacroArguments { positional, named } }
        }),
    ]
}

fn filter(inner: BoxedStrategy<Expression>) -> impl Strategy<Value = FilterCall> {
    select(&["upper", "date", "join", "default"][..]).prop_flat_map(move |name| {
        let filter = filters::find(name).expect("a filter");
        arguments(filter.parameters, inner.clone()).prop_map(move |arguments| FilterCall {
            filter,
            arguments,
            span: span(),
        })
    })
}

/// One for each parameter, or none at all.
fn arguments(
    parameters: Parameters,
    inner: BoxedStrategy<Expression>,
) -> BoxedStrategy<Vec<Option<Expression>>> {
    match parameters {
        Parameters::Any => vec(inner.prop_map(Some), 0..3).boxed(),
        Parameters::Named(names) => vec(option::of(inner), names.len())
            .prop_map(|given| if given.iter().all(Option::is_none) { Vec::new() } else { given })
            .boxed(),
    }
}

fn link(inner: BoxedStrategy<Expression>) -> impl Strategy<Value = Link> {
    let operator = |(_, infix, _): &(_, Infix, _)| match infix {
        Infix::Binary(binary) => Some(*binary),
        Infix::Filter | Infix::Is => None,
    };
    let operators: Vec<Binary> = INFIX.iter().filter_map(operator).collect();
    let predicate = (select(&["even", "defined"][..]), any::<bool>()).prop_map(|(name, negated)| Link::Is {
        predicate: predicates::find(name).expect("a predicate"),
        negated,
    });
    prop_oneof![
        3 => (select(operators), inner.clone()).prop_map(|(binary, right)| Link::Binary(binary, right)),
        1 => filter(inner).prop_map(Link::Filter),
        1 => predicate,
    ]
}

/// The parser puts a link that binds tighter than the operator before it into that operator's right side; what
/// is meant to stay outside is a chain of its own, in parentheses.
fn chain(mut first: Expression, rest: Vec<Link>) -> Node {
    let mut links: Vec<(Link, Span)> = Vec::new();
    for link in rest {
        if let Some((before @ Link::Binary(..), _)) = links.last()
            && precedence(before) < precedence(&link)
        {
            first = placed(Node::Chain { first: Box::new(first), links: std::mem::take(&mut links) });
        }
        links.push((link, span()));
    }
    Node::Chain { first: Box::new(first), links }
}
