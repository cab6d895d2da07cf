//! The parts of a YAML document, one after the other: the one scanner that flows and values are read with.

use granit_parser::{Options, Parser, StrInput};

pub use granit_parser::{ErrorKind, Event, Marker, ScalarStyle, ScanError, Span, Tag};

/// Lists and maps within each other.
pub const DEPTH_MAX: usize = 100;

/// The parts of `source`, each with its place, up to the first that is not YAML.
#[expect(missing_debug_implementations, reason = "the parser has none")]
pub struct Events<'s>(Parser<'s, StrInput<'s>>);

impl<'s> Events<'s> {
    pub fn of(source: &'s str) -> Self {
        let options: Options = granit_parser::options! {
            flow_nesting_limit: DEPTH_MAX,
            block_nesting_limit: DEPTH_MAX,
        };
        Self(Parser::new_from_str_with_options(source, options))
    }
}

impl<'s> Iterator for Events<'s> {
    type Item = Result<(Event<'s>, Span), ScanError>;

    /// Not inlined: whoever reads gets the scanner that is here, not one of its own.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
