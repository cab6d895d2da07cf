//! What is said of a name that is not there: which one was meant, as it would have to be written.
//!
//! # Invariants
//! * A hint costs up to [`hint::CANDIDATES_MAX`] comparisons for each map that it looks through, which no fuel pays
//!   for: it is made at most once in a rendering, by the miss that ends it. Where a miss is caught there is none.

use super::{Evaluator, method, operator::complaint};
use crate::{
    List, Map, Value,
    filters::Accepts,
    functions, hint,
    syntax::{Binary, Link, Span},
};

/// Bytes of a path that a hint repeats. Of a longer one it names the last part alone.
const PATH_BYTES_MAX: usize = 200;

/// Whether these links catch what is missing to the left of them; `outer` when they let it pass.
pub(super) fn is_caught(links: &[(Link, Span)], outer: bool) -> bool {
    for (link, _) in links {
        match link {
            Link::Binary(Binary::OrElse | Binary::OrUndefined, _) => return true,
            Link::Binary(operator, _) if complaint(*operator).is_some() => return false,
            Link::Filter(call) if call.filter.accepts == Accepts::Missing => return true,
            Link::Is { predicate, .. } if predicate.accepts_missing => return true,
            Link::Binary(..) | Link::Filter(_) | Link::Is { .. } => {}
        }
    }
    outer
}

/// Whether what is missing to the right of a link is caught by those after it.
pub(super) fn is_caught_right(link: &Link, after: &[(Link, Span)], outer: bool) -> bool {
    match link {
        Link::Binary(operator, _) if complaint(*operator).is_some() => false,
        Link::Binary(..) | Link::Filter(_) | Link::Is { .. } => is_caught(after, outer),
    }
}

impl<'e> Evaluator<'e> {
    /// Whether nobody would see a hint: the miss is caught, or the rendering is repeated anyway, with what it needs.
    fn is_unheard(&self) -> bool {
        self.is_forgiving || !self.state.budget.open.is_empty()
    }

    /// A variable of nearly that name, one that is inside another (`inputs.name` for `name`), or a function.
    pub(super) fn hint_of_variable(&self, name: &str) -> String {
        if self.is_unheard() {
            return String::new();
        }
        let variables = self.environment.variables;
        if !self.scopes.sees_environment() {
            return match (hint::nearest(name, self.scopes.names()), variables.get(name)) {
                (Some((_, near)), _) => hint::suggest(near),
                (None, Some(_)) => format!(" (a macro sees its arguments alone: give it `{name}`)"),
                (None, None) => String::new(),
            };
        }
        let outside = variables.names();
        let names = self.scopes.names().chain(outside.iter().map(AsRef::as_ref));
        let near = hint::nearest(name, names);
        let deeper = outside.iter().filter_map(|root| {
            let Some(Value::Map(map)) = variables.get(root) else {
                return None;
            };
            let (wrong, key) = hint::nearest(name, map.first_keys(hint::CANDIDATES_MAX))?;
            Some((wrong, spelled(root, &key)))
        });
        match (near, deeper.min_by_key(|&(wrong, _)| wrong)) {
            (Some((wrong, near)), deeper) if deeper.as_ref().is_none_or(|(other, _)| wrong <= *other) => {
                hint::suggest(near)
            }
            (_, Some((_, path))) => hint::suggest(&path),
            _ if functions::is_known(name) => hint::suggest(&format!("{name}()")),
            _ => String::new(),
        }
    }

    /// A key of nearly that name, with the path to it.
    pub(super) fn hint_of_key(&self, name: &str, map: &Map<'e>, path: Span) -> String {
        if self.is_unheard() {
            return String::new();
        }
        let near = hint::nearest(name, map.first_keys(hint::CANDIDATES_MAX));
        near.map(|(_, key)| hint::suggest(&spelled(self.path_text(path), &key))).unwrap_or_default()
    }

    pub(super) fn hint_of_index(&self, list: &List<'e>, path: Span) -> String {
        if self.is_unheard() {
            return String::new();
        }
        let path = match self.path_text(path) {
            "" => "the list",
            path => &format!("`{path}`"),
        };
        match list.len() {
            0 => format!(" ({path} is empty)"),
            1 => format!(" ({path} has one item, `[0]`)"),
            length => format!(" ({path} has the items `[0]` to `[{}]`)", length - 1),
        }
    }

    pub(super) fn hint_of_method(&self, name: &str, value: &Value<'e>, path: Span) -> String {
        if self.is_unheard() {
            return String::new();
        }
        match hint::nearest(name, method::names(value)) {
            // It is there, but takes other arguments.
            Some((0, _)) | None => String::new(),
            Some((_, near)) => match self.path_text(path) {
                "" => hint::suggest(&format!("{near}()")),
                path => hint::suggest(&format!("{path}.{near}()")),
            },
        }
    }

    /// The source of a path when it is fit to be repeated, else nothing.
    fn path_text(&self, path: Span) -> &'e str {
        let text = path.of(self.source).trim_end();
        if text.len() > PATH_BYTES_MAX || text.contains('\n') { "" } else { text }
    }
}

/// An entry of a map as an expression names it.
fn spelled(path: &str, key: &str) -> String {
    let is_name = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match path {
        "" => key.to_owned(),
        path if is_name => format!("{path}.{key}"),
        path => format!("{path}['{key}']"),
    }
}
