//! Which files a pattern names.
//!
//! Java's syntax, as Kestra's flows are written in it: `*` and `?` within a name, `**` across directories,
//! `[a-z]`, `[!a-z]`, `{a,b}`, and `\` before a sign that is meant as it is. One thing is as in a shell and not as in
//! Java: `**/x` also names `x` itself.

use regex::{Regex, RegexSet};

/// Patterns of one task.
const PATTERNS_MAX: usize = 100;

/// Bytes of one pattern.
const PATTERN_BYTES_MAX: usize = 1_024;

/// Patterns, one of which has to match. They match in time linear in the length of the path.
#[derive(Debug, Default)]
pub(crate) struct Globs(RegexSet);

impl Globs {
    /// # Errors
    /// What is wrong with a pattern.
    pub(crate) fn new(patterns: &[String]) -> Result<Self, String> {
        if patterns.len() > PATTERNS_MAX {
            return Err(format!("there may be at most {PATTERNS_MAX} patterns"));
        }
        let expressions = patterns
            .iter()
            .map(|pattern| {
                expression(pattern)
                    .and_then(|it| Regex::new(&it).map(|_| it).map_err(|_| "it is not a pattern of files"))
                    .map_err(|why| format!("pattern `{pattern}`: {why}"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        RegexSet::new(expressions).map(Self).map_err(|error| format!("the patterns are too large: {error}"))
    }

    /// Every file.
    pub(crate) fn all() -> Self {
        Self(RegexSet::new(["(?s)^.*$"]).expect("it is a pattern"))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a path, relative to the working directory, is meant.
    pub(crate) fn matches(&self, path: &str) -> bool {
        self.0.is_match(path)
    }
}

/// The regular expression of a pattern.
fn expression(pattern: &str) -> Result<String, &'static str> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err("it is longer than 1024 bytes");
    }
    if pattern.starts_with("regex:") {
        return Err("regular expressions are not built here, write a glob such as `*.csv`");
    }
    let pattern = pattern.strip_prefix("glob:").unwrap_or(pattern);
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern).trim_start_matches('/');
    if pattern.is_empty() {
        return Err("it is empty");
    }
    let mut out = String::from("(?s)^");
    let mut rest = pattern;
    let mut in_group = false;
    while let Some(sign) = rest.chars().next() {
        let mut length = sign.len_utf8();
        match sign {
            '*' if rest.starts_with("**/") => {
                out.push_str("(?:.*/)?");
                length = 3;
            }
            '*' if rest.starts_with("**") => {
                out.push_str(".*");
                length = 2;
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '[' => length = class(rest, &mut out)?,
            '{' if in_group => return Err("a `{` within `{` is not allowed"),
            '{' => {
                out.push_str("(?:");
                in_group = true;
            }
            ',' if in_group => out.push('|'),
            '}' if in_group => {
                out.push(')');
                in_group = false;
            }
            '\\' => {
                let meant = rest[1..].chars().next().ok_or("nothing follows the last `\\`")?;
                out.push_str(&regex::escape(meant.encode_utf8(&mut [0; 4])));
                length += meant.len_utf8();
            }
            plain => out.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
        }
        rest = &rest[length..];
    }
    if in_group {
        return Err("a `{` has no `}`");
    }
    out.push('$');
    Ok(out)
}

/// `[…]`, which never matches a slash; gives its length.
fn class(rest: &str, out: &mut String) -> Result<usize, &'static str> {
    let body = &rest[1..];
    let (negated, members) = body.strip_prefix('!').map_or((false, body), |it| (true, it));
    // A `]` that comes first is a member.
    let first = members.chars().next().map_or(0, char::len_utf8);
    let end = first + members[first..].find(']').ok_or("a `[` has no `]`")?;
    out.push_str(if negated { "[^/" } else { "[" });
    for (index, member) in members[..end].char_indices() {
        let between = index > 0 && index + 1 < end;
        match member {
            '/' => return Err("a `/` within `[` and `]` is not allowed"),
            '-' if between => out.push('-'),
            other => {
                if !other.is_alphanumeric() {
                    out.push('\\');
                }
                out.push(other);
            }
        }
    }
    out.push(']');
    Ok(rest.len() - members.len() + end + 1)
}

#[cfg(test)]
mod tests;
