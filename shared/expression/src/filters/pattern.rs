//! Filters that look for patterns: `replace` and `split`.
//!
//! Patterns are regular expressions of linear time, so none can hang; what Java has beyond those
//! (look-around, back-references) is refused when the pattern is compiled.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};

use crate::{
    Map, Value,
    eval::{Budget, Halt, Outcome},
    excerpt,
    invocation::Invocation,
};

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Steps for compiling a pattern, which takes about as long as a thousand simple ones.
const COMPILE_STEPS: u64 = 1_000;

/// Compiles a pattern and pays for it; the inner error is the pattern's own.
pub(crate) fn compile(pattern: &str, budget: &mut Budget) -> Result<Result<Regex, regex::Error>, Halt> {
    budget.spend(COMPILE_STEPS)?;
    Ok(RegexBuilder::new(pattern).size_limit(COMPILED_BYTES_MAX).build())
}

fn compiled(pattern: &str, call: &mut Invocation<'_, '_>) -> Result<Regex, Halt> {
    compile(pattern, call.budget())?.map_err(|error| {
        Halt::failed(format!("Invalid regular expression `{}`: {error}", excerpt::repeated(pattern)))
    })
}

/// Every key of a map by its value, in a text or in each item of a list or map.
pub(super) fn replace<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let by_pattern = call.flag(1, false)?;
    let pairs = match call.value(0)? {
        Value::Map(map) => pairs(map, by_pattern, call)?,
        other => {
            let actual = other.class_name();
            return Err(Halt::failed(format!(
                "'replace' takes a map such as {{'a': 'b'}}. Actual type was: {actual}"
            )));
        }
    };
    match input {
        Value::List(list) => {
            let items: Result<Vec<_>, Halt> = list.iter().map(|item| replaced(&item, &pairs, call)).collect();
            Ok(Value::list(items?))
        }
        Value::Map(map) => {
            let entries: Result<Vec<_>, Halt> = map
                .iter()
                .map(|(key, value)| Ok((key.into_owned(), replaced(&value, &pairs, call)?)))
                .collect();
            Ok(Value::map(entries?))
        }
        other => replaced(other, &pairs, call),
    }
}

enum Pair<'e> {
    Text(Cow<'e, str>, Cow<'e, str>),
    /// A pattern, and what replaces it in the syntax of `regex`.
    Pattern(Regex, String),
}

fn pairs<'e>(map: &Map<'e>, by_pattern: bool, call: &mut Invocation<'_, '_>) -> Result<Vec<Pair<'e>>, Halt> {
    map.iter()
        .map(|(from, to)| {
            let to = match to {
                Value::String(text) => text,
                other => Cow::Owned(call.input_text(&other)?.into_owned()),
            };
            Ok(if by_pattern {
                Pair::Pattern(compiled(&from, call)?, from_java_replacement(&to))
            } else {
                Pair::Text(from, to)
            })
        })
        .collect()
}

fn replaced<'e>(input: &Value<'e>, pairs: &[Pair<'_>], call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    if input.is_null() {
        return Ok(Value::Null);
    }
    let mut text = call.input_text(input)?;
    for pair in pairs {
        let mut made = call.output_of(text.len());
        let mut end = 0;
        let mut matches = 0;
        match pair {
            Pair::Text(from, _) if from.is_empty() => continue,
            Pair::Text(from, to) => {
                for (at, _) in text.match_indices(&**from) {
                    matches += 1;
                    made.push(&text[end..at])?;
                    made.push(to)?;
                    end = at + from.len();
                }
            }
            Pair::Pattern(pattern, to) => {
                for found in pattern.captures_iter(&text) {
                    call.budget().spend(1)?;
                    let whole = found.get_match();
                    made.push(&text[end..whole.start()])?;
                    let mut expanded = String::new();
                    found.expand(to, &mut expanded);
                    made.push(&expanded)?;
                    end = whole.end();
                }
            }
        }
        made.push(&text[end..])?;
        call.budget().spend_walk(matches)?;
        call.budget().spend_bytes(made.len())?;
        text = Cow::Owned(made.into_text());
    }
    Ok(Value::text(text.into_owned()))
}

/// Java writes `$1` and `\$`, where `regex` writes `${1}` and `$$`.
fn from_java_replacement(java: &str) -> String {
    let mut made = String::new();
    let mut letters = java.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('$') => made.push_str("$$"),
                Some(other) => made.push(other),
                None => made.push('\\'),
            },
            '$' if letters.peek().is_some_and(char::is_ascii_digit) => {
                made.push_str("${");
                made.extend(letters.next());
                made.push('}');
            }
            '$' if letters.peek() == Some(&'{') => made.push('$'),
            '$' => made.push_str("$$"),
            other => made.push(other),
        }
    }
    made
}

/// Java's `String.split`: with a limit at most so many parts; without one, no empty parts at the end.
pub(super) fn split<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let delimiter = call.text(0)?;
    let limit = call.optional_integer(1)?.unwrap_or(0);
    let parts_max = usize::try_from(limit).ok().filter(|&limit| limit > 0).unwrap_or(usize::MAX);
    let text = call.input_text(input)?;
    let plain = regex::escape(&delimiter) == delimiter && !delimiter.is_empty();
    let pattern = if plain { None } else { Some(compiled(&delimiter, call)?) };
    let delimiters: Box<dyn Iterator<Item = (usize, usize)> + '_> = match &pattern {
        None => Box::new(text.match_indices(&*delimiter).map(|(at, found)| (at, at + found.len()))),
        Some(pattern) => Box::new(pattern.find_iter(&text).map(|found| (found.start(), found.end()))),
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, end) in delimiters.filter(|&(at, end)| at < end || (0 < at && at < text.len())) {
        if parts.len() + 1 == parts_max {
            break;
        }
        call.budget().spend(1)?;
        parts.push(start..at);
        start = end;
    }
    parts.push(start..text.len());
    while limit == 0 && parts.len() > 1 && parts.last().is_some_and(std::ops::Range::is_empty) {
        parts.pop();
    }
    call.list(parts.into_iter().map(|part| Value::text(text[part].to_owned())))
}
