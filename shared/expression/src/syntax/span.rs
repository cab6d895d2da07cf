//! Where in the source something stands.

use std::ops::Range;

/// Bytes of the source, from `start` up to but without `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// From the start of this one to the end of the other.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    pub(crate) fn of(self, source: &str) -> &str {
        &source[self.range()]
    }

    /// The 1-based line on which it starts.
    pub(crate) fn line(self, source: &str) -> usize {
        1 + source[..self.start].matches('\n').count()
    }
}
