//! Why a case falls short.

use std::{fmt::Write, sync::LazyLock};

use regex::Regex;

/// Characters of a value that a line shows.
const SHOWN_MAX: usize = 160;

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Shortfall {
    /// Something else came than was expected; one text for each difference.
    #[error("{}", .0.join("; "))]
    Differs(Vec<String>),
    /// A flow that should be taken is refused.
    #[error("{flow} is refused: {message}")]
    FlowRefused { flow: String, message: String },
    /// A call that should be answered is refused.
    #[error("{request} was answered with {status}: {message}")]
    Refused { request: String, status: u16, message: String },
    #[error("waited in vain for {0}")]
    Late(String),
    /// The case cannot be read, or there was no answer at all.
    #[error("{0}")]
    Broken(String),
}

impl Shortfall {
    /// Under which heading the report puts it.
    pub(crate) fn group(&self) -> String {
        match self {
            Self::Differs(_) => "Something else came".to_owned(),
            Self::FlowRefused { message, .. } => match missing(message).first() {
                Some(first) => format!("Flows need {first}"),
                None => "A flow is refused".to_owned(),
            },
            Self::Refused { status: 501, message, .. } => message.clone(),
            Self::Refused { .. } => "A call is refused".to_owned(),
            Self::Late(_) => "Too late".to_owned(),
            Self::Broken(_) => "It cannot be said".to_owned(),
        }
    }

    /// What its heading does not say.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::FlowRefused { flow, message } if !missing(message).is_empty() => {
                format!("{flow} needs {}", missing(message).join(", "))
            }
            Self::Refused { request, status: 501, .. } => request.clone(),
            Self::Differs(_)
            | Self::FlowRefused { .. }
            | Self::Refused { .. }
            | Self::Late(_)
            | Self::Broken(_) => self.to_string(),
        }
    }

    pub(crate) fn differs(what: &str, expected: &str, came: &str) -> Self {
        Self::Differs(vec![difference(what, expected, came)])
    }
}

/// `state: SUCCESS expected, FAILED came`.
pub(crate) fn difference(what: &str, expected: &str, came: &str) -> String {
    format!("{what}: {} expected, {} came", shown(expected), shown(came))
}

/// A text in one line of bounded length.
pub(crate) fn shown(text: &str) -> String {
    let mut line = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == SHOWN_MAX {
            let left = text.chars().count() - SHOWN_MAX;
            write!(line, "… ({left} more)").expect("a String takes everything");
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

/// What a refused flow needs that is not there: task types by their last names, properties by theirs.
fn missing(message: &str) -> Vec<&str> {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("`([^`]+)`[^`]* not built|No plugin registered for the defined type: '([^']+)'")
            .expect("the pattern is constant")
    });
    let mut names = Vec::new();
    for found in NAMED.captures_iter(message) {
        let name = found.get(1).or_else(|| found.get(2)).map_or("", |it| it.as_str());
        // Kinds of tasks and triggers may share a last name.
        let name = name.rmatch_indices('.').nth(1).map_or(name, |(at, _)| &name[at + 1..]);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_flow_tells_what_it_needs() {
        let message = "Invalid type: a.Dag (line 1, column 1)\n\
                       tasks[0].type: `a.b.Dag` is a task of Kestra that is not built in this version\n\
                       retry: `retry` of a flow is not built yet\n: retry: `retry` of a flow is not built yet\n\
                       tasks[1].type: No plugin registered for the defined type: 'x.Y'";
        assert_eq!(missing(message), ["b.Dag", "retry", "x.Y"]);
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(shown("a\nb"), "a b");
        assert_eq!(shown(&"x".repeat(SHOWN_MAX + 3)), format!("{}… (3 more)", "x".repeat(SHOWN_MAX)));
    }
}
