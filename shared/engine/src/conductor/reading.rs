//! Reading a definition: everything that is wrong with it at once, each with its path and its place in the text.
//!
//! Conductor: keys that nobody knows are dropped, a number may stand in quotes, and null is as good as nothing. What is
//! known and not built is refused here, so that no workflow starts that cannot be run to its end.

mod definition;
mod fork;
mod known;
mod object;
mod place;
mod references;
mod step;
mod steps;
mod task_definition;
mod wait;

use serde_json::Value as Json;

use super::{Definition, Step, TaskDefinition};
use crate::problem::{Invalid, Position, Problem, Reason};
use object::{Object, Path, Problems};

pub use definition::NAME_BYTES_MAX;
pub use place::slices;
pub use wait::{duration, until};

/// Problems that are told of one document.
pub const PROBLEMS_MAX: usize = 100;

/// Reads a definition from its JSON text.
///
/// # Errors
/// All problems at once, with line and column. The one place where the text stops being JSON.
pub fn parse(source: &str) -> Result<Definition, Invalid> {
    let json = json(source)?;
    read(&json, definition::definition).map_err(|problems| refused(problems, Some(source)))
}

/// Reads a definition that stands in other JSON: that of a start, or of a `SUB_WORKFLOW`.
///
/// # Errors
/// All problems at once, without places.
pub fn of_json(json: &Json) -> Result<Definition, Invalid> {
    read(json, definition::definition).map_err(|problems| refused(problems, None))
}

/// Reads tasks that a dynamic fork is given: a list of `WorkflowTask` of that name, which stands so deep in others.
///
/// # Errors
/// All problems at once, without places.
pub fn tasks_of_json(json: &Json, name: &str, depth: usize) -> Result<Vec<Step>, Invalid> {
    let mut problems = Problems::default();
    let at = Path::root().key(name);
    let tasks = match json {
        Json::Array(items) => steps::of(items, &at, depth, &mut problems),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => {
            problems.add(&at, "the tasks of a dynamic fork have to be a list");
            Vec::new()
        }
    };
    references::check_unique(&tasks, &at, &mut problems);
    if problems.is_empty() { Ok(tasks) } else { Err(refused(problems, None)) }
}

/// Reads a task definition.
///
/// # Errors
/// All problems at once, without places.
pub fn task_definition_of_json(json: &Json) -> Result<TaskDefinition, Invalid> {
    read(json, task_definition::task_definition).map_err(|problems| refused(problems, None))
}

/// A text as JSON.
///
/// # Errors
/// Where it stops being JSON.
pub fn json(source: &str) -> Result<Json, Invalid> {
    serde_json::from_str(source).map_err(|error| {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        let at = Position { line: error.line().max(1), column: error.column().max(1) };
        let problem = Problem { path: String::new(), message: format!("not JSON: {message}"), at: Some(at) };
        Invalid { reason: Reason::Entity, problems: vec![problem] }
    })
}

fn read<T>(json: &Json, by: impl FnOnce(&Object<'_>, &mut Problems) -> Option<T>) -> Result<T, Problems> {
    let mut problems = Problems::default();
    let value = match json {
        Json::Object(map) => by(&Object::new(map, Path::root()), &mut problems),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            problems.add(&Path::root(), "a definition has to be a JSON object");
            None
        }
    };
    value.filter(|_| problems.is_empty()).ok_or(problems)
}

/// A script that is none is refused; one with an expression in it is known only when that has a value.
fn script(text: &str, path: &Path, problems: &mut Problems) {
    if text.contains("${") {
        return;
    }
    if let Err(error) = script::check(text) {
        problems.add(path, format!("not JavaScript: {error}"));
    }
}

fn refused(problems: Problems, source: Option<&str>) -> Invalid {
    let problems = problems.into_iter().map(|(path, message)| {
        let at = source.and_then(|source| place::of(source, &path));
        Problem { path: path.to_string(), message, at }
    });
    let mut problems: Vec<Problem> = problems.collect();
    // In the order of the text, where there is one.
    problems.sort_by_key(|problem| problem.at);
    Invalid { reason: Reason::Entity, problems }
}

#[cfg(test)]
mod tests;
