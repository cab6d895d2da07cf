//! What is wrong with a document, and where: all of it at once.

use std::fmt;

/// One thing wrong with a flow, an input or a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where in the model: `tasks[3].type`, `flow.id`, or the id of an input. Empty for the whole.
    pub path: String,
    /// What is wrong, in Kestra's words where a client may match on them.
    pub message: String,
    /// Where in the source text, when there is one.
    pub at: Option<Position>,
}

/// A place in a source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
}

/// A document that is refused. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    /// The words before the colon of the answer: `Invalid entity`, `Invalid type`, `Illegal flow yaml` …
    pub reason: Reason,
    pub problems: Vec<Problem>,
}

/// Which of Kestra's prefixes a refusal carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// `Invalid entity`: read, but against the rules.
    Entity,
    /// `Illegal flow yaml`: not YAML, or a scalar of the wrong kind.
    Yaml,
    /// `Invalid type`: a task or trigger type nobody knows.
    Type,
    /// `Illegal argument`: a parameter against the rules.
    Argument,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Entity => "Invalid entity",
            Self::Yaml => "Illegal flow yaml",
            Self::Type => "Invalid type",
            Self::Argument => "Illegal argument",
        })
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.reason)?;
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match self.at {
            Some(Position { line, column }) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}
