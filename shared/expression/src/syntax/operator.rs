//! The operators and how tightly they bind.

/// An operator between two expressions. All of them are left associative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Or,
    And,
    Contains,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concatenate,
    Range,
    /// `??`: the right side when the left is null or missing.
    OrElse,
    /// `???`: the right side when the left is missing.
    OrUndefined,
}

/// An operator before an expression. It binds tighter than any [`Binary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Not,
    Minus,
    Plus,
}

/// What may follow an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Infix {
    Binary(Binary),
    Filter,
    Is,
}

/// Pebble's precedences, loosest first.
pub(super) const INFIX: [(&str, Infix, u8); 21] = [
    ("or", Infix::Binary(Binary::Or), 10),
    ("and", Infix::Binary(Binary::And), 15),
    ("is", Infix::Is, 20),
    ("contains", Infix::Binary(Binary::Contains), 20),
    ("==", Infix::Binary(Binary::Equal), 30),
    ("equals", Infix::Binary(Binary::Equal), 30),
    ("!=", Infix::Binary(Binary::NotEqual), 30),
    ("<", Infix::Binary(Binary::Less), 30),
    (">", Infix::Binary(Binary::Greater), 30),
    ("<=", Infix::Binary(Binary::LessOrEqual), 30),
    (">=", Infix::Binary(Binary::GreaterOrEqual), 30),
    ("+", Infix::Binary(Binary::Add), 40),
    ("-", Infix::Binary(Binary::Subtract), 40),
    ("*", Infix::Binary(Binary::Multiply), 60),
    ("/", Infix::Binary(Binary::Divide), 60),
    ("%", Infix::Binary(Binary::Remainder), 60),
    ("|", Infix::Filter, 100),
    ("~", Infix::Binary(Binary::Concatenate), 110),
    ("..", Infix::Binary(Binary::Range), 120),
    ("??", Infix::Binary(Binary::OrElse), 120),
    ("???", Infix::Binary(Binary::OrUndefined), 120),
];

/// Operators that are words, which therefore cannot be names.
pub(super) fn is_word(name: &str) -> bool {
    name == "not" || INFIX.iter().any(|&(word, ..)| word == name)
}
