//! What people read on a terminal when something is wrong.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::ExitCode,
};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use engine::problem::{Invalid, Position, Problem, Reason};

/// Why the command cannot go on.
#[derive(Debug)]
pub(crate) struct Error(String);

impl Error {
    pub(crate) fn new(what: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self(format!("{what}: {cause}"))
    }

    pub(crate) fn plain(what: String) -> Self {
        Self(what)
    }
}

impl<E: std::error::Error> From<E> for Error {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

#[allow(clippy::print_stderr, reason = "this is the command line")]
pub(crate) fn failure(error: &Error) -> ExitCode {
    eprintln!("error: {}", error.0);
    ExitCode::from(2)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Tells a person something that is not the result.
#[allow(clippy::print_stderr, reason = "this is the command line")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// Shows what is wrong with a flow, as rustc would.
#[allow(clippy::print_stderr, reason = "this is the command line")]
pub(crate) fn show(path: &Path, source: &str, invalid: &Invalid) {
    for (index, problem) in invalid.problems.iter().enumerate() {
        let place = place(invalid.reason, problem, index == 0);
        eprintln!("{}\n", render(&path.display().to_string(), source, &place, problem));
    }
}

/// Where a problem is; of the first one without a path, what kind it is, as the API says it.
fn place(reason: Reason, problem: &Problem, first: bool) -> String {
    match reason {
        Reason::Type | Reason::Yaml if first && problem.path.is_empty() => format!("{reason}: "),
        Reason::Type | Reason::Yaml | Reason::Entity | Reason::Argument if problem.path.is_empty() => {
            String::new()
        }
        Reason::Type | Reason::Yaml | Reason::Entity | Reason::Argument => format!("{}: ", problem.path),
    }
}

/// One problem with the line it is about.
fn render(origin: &str, source: &str, place: &str, problem: &Problem) -> String {
    let title = format!("{place}{}", problem.message);
    let group = Level::ERROR.primary_title(title);
    let report = match problem.at {
        None => group.element(annotate_snippets::Origin::path(origin)),
        Some(position) => group.element(
            Snippet::source(source)
                .path(origin)
                .annotation(AnnotationKind::Primary.span(token_at(source, position))),
        ),
    };
    Renderer::plain().render(&[report])
}

/// The bytes of the token that begins at a position: to the next blank, at least one character.
fn token_at(source: &str, position: Position) -> std::ops::Range<usize> {
    let line_start: usize = source.split_inclusive('\n').take(position.line - 1).map(str::len).sum();
    let line = source[line_start..].lines().next().unwrap_or_default();
    let start = line.char_indices().nth(position.column - 1).map_or(line.len(), |(index, _)| index);
    let rest = &line[start..];
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    line_start + start..line_start + start + length
}

/// The YAML files of a folder, by name; or the file itself.
pub(crate) fn flow_files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error| Error::new(format!("cannot read {}", path.display()), error);
    if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let file = entry?.path();
        if file.extension().is_some_and(|it| it == "yaml" || it == "yml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
