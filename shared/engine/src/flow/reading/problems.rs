//! What was found wrong so far, and which of Kestra's words the whole refusal starts with.

use super::path::Path;
use crate::problem::{Invalid, Position, Problem, Reason};

/// Problems kept of one flow; of the rest only the number is told.
pub(super) const PROBLEMS_MAX: usize = 100;

#[derive(Debug, Default)]
pub(super) struct Problems {
    kept: Vec<Problem>,
    left_out: usize,
    /// A scalar of the wrong kind was among them.
    is_yaml: bool,
    /// The first type that nobody knows.
    unknown_type: Option<(String, Position)>,
}

impl Problems {
    /// Against the rules.
    pub(super) fn entity(&mut self, path: &Path<'_>, message: impl Into<String>, at: Position) {
        self.keep(path.dotted(), message.into(), at);
    }

    /// Against a rule of the whole object, which Kestra names by its id instead of its path.
    pub(super) fn object(&mut self, id: &str, message: impl Into<String>, at: Position) {
        self.keep(id.to_owned(), message.into(), at);
    }

    /// Against a rule of the flow as a whole. Kestra: `Invalid Flow: …`.
    pub(super) fn flow(&mut self, message: impl AsRef<str>, at: Position) {
        self.keep(String::new(), format!("Invalid Flow: {}", message.as_ref()), at);
    }

    /// A value of the wrong kind: no flow can be read from this text.
    pub(super) fn wrong_kind(&mut self, path: &Path<'_>, message: impl Into<String>, at: Position) {
        self.is_yaml = true;
        self.keep(path.dotted(), message.into(), at);
    }

    /// A property nobody knows, named by Kestra's other form of path.
    pub(super) fn unrecognized(&mut self, path: &Path<'_>, message: String, at: Position) {
        self.keep(path.referenced(), message, at);
    }

    /// A type nobody knows, or none (`null`).
    pub(super) fn unknown_type(
        &mut self,
        path: &Path<'_>,
        name: &str,
        message: impl Into<String>,
        at: Position,
    ) {
        let sooner = self.unknown_type.as_ref().is_none_or(|(_, first)| at < *first);
        if sooner {
            self.unknown_type = Some((name.to_owned(), at));
        }
        self.keep(path.dotted(), message.into(), at);
    }

    /// Whether no more are kept: what a message would cost is not worth it any more.
    pub(super) fn is_full(&self) -> bool {
        self.kept.len() == PROBLEMS_MAX
    }

    fn keep(&mut self, path: String, message: String, at: Position) {
        if self.is_full() {
            self.left_out += 1;
        } else {
            self.kept.push(Problem { path, message, at: Some(at) });
        }
    }

    /// In the order of the source. An unknown type comes first and alone makes two problems, as Kestra reports it.
    pub(super) fn into_invalid(self) -> Option<Invalid> {
        if self.kept.is_empty() {
            return None;
        }
        let mut problems = self.kept;
        problems.sort_by_key(|it| it.at);
        if self.left_out > 0 {
            problems.push(Problem {
                path: String::new(),
                message: format!("and {} more problems", self.left_out),
                at: None,
            });
        }
        let reason = if let Some((name, at)) = self.unknown_type {
            problems.insert(0, Problem { path: String::new(), message: name, at: Some(at) });
            Reason::Type
        } else if self.is_yaml {
            Reason::Yaml
        } else {
            Reason::Entity
        };
        Some(Invalid { reason, problems })
    }
}
