//! What can go wrong with an expression, and where.

use std::ops::Range;

use crate::Need;

/// A template that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Kestra's wording where a client may match on it, without position.
    pub message: String,
    /// Bytes of the source the error is about.
    pub span: Range<usize>,
    /// 1-based line of the source.
    pub line: usize,
}

/// A template that was parsed but cannot be rendered with these variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Kestra's wording where a client may match on it.
    pub message: String,
    /// Bytes of the source the failure is about.
    pub span: Range<usize>,
    /// 1-based line of the source.
    pub line: usize,
}

/// Why a rendering did not give a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The expression is wrong for these variables.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// The rendering has to be repeated with these supplied. Never empty.
    #[error("needs {} value(s) from outside", .0.len())]
    Needs(Vec<Need>),
}
