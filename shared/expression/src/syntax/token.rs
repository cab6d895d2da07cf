//! The words of a template.

use super::Span;

/// One word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a word is. Its text is its span of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text between expressions, already trimmed.
    Text,
    /// The inside of `{% raw %}`.
    Raw,
    PrintOpen,
    PrintClose,
    TagOpen,
    TagClose,
    Name,
    /// Digits, with or without a closing `L`.
    Integer,
    Decimal,
    /// The inside of a string between quotes of this kind, escaped ones still escaped.
    String(char),
    /// A `"` around a string with holes.
    Quote,
    /// `#{` inside such a string.
    HoleOpen,
    HoleClose,
    Symbol(&'static str),
    End,
}

/// Everything that is neither a word nor a number, the longer before its own beginning.
pub(super) const SYMBOLS: [&str; 27] = [
    "???", "??", "..", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "~", "|", "?", ":", ".",
    ",", "=", "(", ")", "[", "]", "{", "}",
];

impl Kind {
    /// Pebble's name of the kind, which its messages use.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text | Self::Raw => "TEXT",
            Self::PrintOpen => "PRINT_START",
            Self::PrintClose => "PRINT_END",
            Self::TagOpen => "EXECUTE_START",
            Self::TagClose => "EXECUTE_END",
            Self::Name => "NAME",
            Self::Integer | Self::Decimal => "NUMBER",
            Self::String(_) => "STRING",
            Self::Quote => "STRING_QUOTE",
            Self::HoleOpen => "STRING_INTERPOLATION_START",
            Self::HoleClose => "STRING_INTERPOLATION_END",
            Self::Symbol("(" | ")" | "[" | "]" | "{" | "}" | "?" | ":" | "." | "," | "|" | "=") => {
                "PUNCTUATION"
            }
            Self::Symbol(_) => "OPERATOR",
            Self::End => "EOF",
        }
    }
}
