//! jq's functions of patterns: `test`, `match`, `capture`, `scan`, `split`, `sub`, `gsub`.
//!
//! Patterns are regular expressions of linear time, and pay for the text they are held against. One that was compiled
//! is kept for the next item.

use regex::{Captures, Regex, RegexBuilder};

use super::{
    native::Call,
    operate::Made,
    run::{Done, Machine, Outputs, Stop, error},
    simple::{count, text_of},
};
use crate::{Value, output::Output};

/// Bytes that a compiled pattern may take.
const COMPILED_BYTES_MAX: usize = 1 << 20;
/// Compiled patterns that are kept.
const COMPILED_MAX: usize = 8;
/// Steps for compiling one; for one with counted repetitions, which make a small pattern a large one; and for each byte.
const COMPILE_STEPS: usize = 100;
const REPETITION_STEPS: usize = 1_000;
const STEPS_PER_BYTE: usize = 16;

/// A pattern with its flags, compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    pattern: String,
    flags: String,
    regex: Regex,
}

/// What is found, and where it stands in letters.
struct Found<'t> {
    captures: Captures<'t>,
    offset: usize,
}

impl<'e> Machine<'_, 'e> {
    /// With `g` all matches are wanted, with `n` no empty ones. `x`, `s` and `p` (with `s`) as in jq; the longest match,
    /// `l`, is none that patterns of linear time know.
    fn compile(&mut self, pattern: &str, flags: &str) -> Result<Regex, Stop<'e>> {
        if let Some(known) = self.compiled.iter().find(|it| it.pattern == pattern && it.flags == flags) {
            return Ok(known.regex.clone());
        }
        if let Some(unknown) = flags.chars().find(|flag| !"gimnpsx".contains(*flag)) {
            return Err(error(format!(
                "{flags} is not a valid modifier string: `{unknown}` is none of g, i, n, p, s, x"
            )));
        }
        let steps = if pattern.contains('{') { REPETITION_STEPS } else { COMPILE_STEPS };
        self.budget.spend_items(steps + pattern.len() * STEPS_PER_BYTE)?;
        let regex = RegexBuilder::new(pattern)
            .case_insensitive(flags.contains('i'))
            .ignore_whitespace(flags.contains('x'))
            .dot_matches_new_line(flags.contains(['s', 'p']))
            .size_limit(COMPILED_BYTES_MAX)
            .build()
            .map_err(|failure| error(format!("{pattern} (at offset 0) is not a valid regex: {failure}")))?;
        if self.compiled.len() >= COMPILED_MAX {
            self.compiled.remove(0);
        }
        let (pattern, flags) = (pattern.to_owned(), flags.to_owned());
        self.compiled.push(Compiled { pattern, flags, regex: regex.clone() });
        Ok(regex)
    }

    pub(super) fn test(&mut self, input: &Value<'e>, pattern: &Value<'e>, flags: &Value<'e>) -> Made<'e> {
        let (pattern, flags) = wanted(pattern, flags)?;
        let text = subject(input)?;
        let regex = self.compile(&pattern, &flags)?;
        self.budget.spend_items(1 + text.len() / 16)?;
        Ok(Value::Bool(regex.is_match(text)))
    }

    /// What stands between the matches.
    pub(super) fn split(&mut self, input: &Value<'e>, pattern: &Value<'e>, flags: &Value<'e>) -> Made<'e> {
        let text = subject(input)?;
        let found = self.found(text, pattern, flags, true)?;
        let mut parts = Vec::new();
        let mut end = 0;
        for found in &found {
            let whole = found.captures.get_match();
            parts.push(Value::text(text[end..whole.start()].to_owned()));
            end = whole.end();
        }
        parts.push(Value::text(text[end..].to_owned()));
        self.budget.spend_bytes(text.len())?;
        Ok(Value::list(parts))
    }

    fn found<'t>(
        &mut self,
        text: &'t str,
        pattern: &Value<'e>,
        flags: &Value<'e>,
        all: bool,
    ) -> Result<Vec<Found<'t>>, Stop<'e>> {
        let (pattern, flags) = wanted(pattern, flags)?;
        let regex = self.compile(&pattern, &flags)?;
        self.budget.spend_items(1 + text.len() / 16)?;
        let most = if all || flags.contains('g') { usize::MAX } else { 1 };
        let mut found = Vec::new();
        let (mut letters, mut bytes) = (0, 0);
        let matches = regex.captures_iter(text);
        for captures in matches.filter(|it| !flags.contains('n') || !it.get_match().is_empty()).take(most) {
            self.budget.spend_items(1 + captures.len())?;
            let start = captures.get_match().start();
            letters += text[bytes..start].chars().count();
            bytes = start;
            found.push(Found { captures, offset: letters });
        }
        Ok(found)
    }

    /// Those that run for every match: arguments are a pattern, what replaces it in `sub` and `gsub`, and flags.
    pub(super) fn of_patterns<'s>(&mut self, call: Call<'_, 's, 'e>, out: &mut Outputs<'e>) -> Done<'e> {
        let Call { name, arguments, scope, input } = call;
        let replaces = name == "sub" || name == "gsub";
        let (pattern, replacement, flags) = match (replaces, arguments) {
            (false, [pattern]) => (pattern, None, None),
            (false, [pattern, flags]) => (pattern, None, Some(flags)),
            (true, [pattern, replacement]) => (pattern, Some(replacement), None),
            (true, [pattern, replacement, flags]) => (pattern, Some(replacement), Some(flags)),
            _ => return Err(call.unknown()),
        };
        let text = subject(input)?;
        let flags = flags.map_or(Ok(vec![Value::Null]), |flags| self.all(flags, scope, input))?;
        for flags in &flags {
            for pattern in self.all(pattern, scope, input)? {
                let found = self.found(text, &pattern, flags, name == "scan" || name == "gsub")?;
                let names = self.names(&pattern, flags)?;
                if let Some(replacement) = replacement {
                    let mut made = vec![Output::new(self.bytes_max)];
                    let mut end = 0;
                    for found in &found {
                        let whole = found.captures.get_match();
                        let texts = self.all(replacement, scope, &captured(found, &names))?;
                        made = self.longer(made, &text[end..whole.start()], &texts)?;
                        end = whole.end();
                    }
                    for mut made in made {
                        made.push(&text[end..])?;
                        self.budget.spend_bytes(made.len())?;
                        self.give(out, Value::text(made.into_text()))?;
                    }
                    continue;
                }
                for found in &found {
                    let value = match name {
                        "match" => matched(found, &names),
                        "capture" => captured(found, &names),
                        _ => scanned(found),
                    };
                    self.give(out, value)?;
                }
            }
        }
        Ok(())
    }

    /// The names of the groups, without that of the whole.
    fn names(&mut self, pattern: &Value<'e>, flags: &Value<'e>) -> Result<Vec<Option<String>>, Stop<'e>> {
        let (pattern, flags) = wanted(pattern, flags)?;
        let regex = self.compile(&pattern, &flags)?;
        Ok(regex.capture_names().skip(1).map(|name| name.map(ToOwned::to_owned)).collect())
    }

    /// Every text made so far, with what stood before a match and each of its replacements.
    fn longer(
        &mut self,
        made: Vec<Output>,
        before: &str,
        replacements: &[Value<'e>],
    ) -> Result<Vec<Output>, Stop<'e>> {
        let mut next = Vec::new();
        if let [Value::String(only)] = replacements {
            for mut text in made {
                self.budget.spend_bytes(before.len() + only.len())?;
                text.push(before)?;
                text.push(only)?;
                next.push(text);
            }
            return Ok(next);
        }
        for replacement in replacements {
            let replacement = text_of(replacement)?;
            for text in &made {
                self.budget.spend(1)?;
                self.budget.spend_bytes(text.len() + before.len() + replacement.len())?;
                let mut text = text.clone();
                text.push(before)?;
                text.push(replacement)?;
                next.push(text);
            }
        }
        Ok(next)
    }
}

fn subject<'v, 'e>(input: &'v Value<'e>) -> Result<&'v str, Stop<'e>> {
    match input {
        Value::String(text) => Ok(text),
        other => {
            Err(error(format!("{} cannot be matched, as it is not a string", super::operate::kind(other))))
        }
    }
}

/// A pattern and its flags; both may come as one array.
fn wanted<'e>(pattern: &Value<'e>, flags: &Value<'e>) -> Result<(String, String), Stop<'e>> {
    let both = match pattern {
        Value::List(both) => Some((both.get(0).unwrap_or(Value::Null), both.get(1).unwrap_or(Value::Null))),
        _ => None,
    };
    let (pattern, flags) = both.as_ref().map_or((pattern, flags), |(pattern, flags)| (pattern, flags));
    let flags = if flags.is_null() { "" } else { text_of(flags)? };
    Ok((text_of(pattern)?.to_owned(), flags.to_owned()))
}

fn matched<'e>(found: &Found<'_>, names: &[Option<String>]) -> Value<'e> {
    let whole = found.captures.get_match();
    let groups = found.captures.iter().skip(1).zip(names).map(|(group, name)| {
        let name = name.as_ref().map_or(Value::Null, |name| Value::text(name.clone()));
        let mut entries = place(group.map(|group| {
            let before = if group.start() >= whole.start() {
                found.offset + whole.as_str()[..group.start() - whole.start()].chars().count()
            } else {
                found.offset
            };
            (before, group.as_str())
        }));
        entries.push(("name".to_owned(), name));
        Value::map(entries)
    });
    let groups = Value::list(groups.collect());
    let mut entries = place(Some((found.offset, whole.as_str())));
    entries.push(("captures".to_owned(), groups));
    Value::map(entries)
}

/// `offset`, `length` and `string`; of a group that took no part, -1, 0 and null.
fn place<'e>(found: Option<(usize, &str)>) -> Vec<(String, Value<'e>)> {
    let (offset, length, string) = match found {
        Some((offset, text)) => (count(offset), count(text.chars().count()), Value::text(text.to_owned())),
        None => (Value::Integer(-1), Value::Integer(0), Value::Null),
    };
    [("offset", offset), ("length", length), ("string", string)]
        .map(|(key, value)| (key.to_owned(), value))
        .into()
}

fn group<'e>(group: Option<regex::Match<'_>>) -> Value<'e> {
    group.map_or(Value::Null, |group| Value::text(group.as_str().to_owned()))
}

/// What the groups with a name caught.
fn captured<'e>(found: &Found<'_>, names: &[Option<String>]) -> Value<'e> {
    let groups = names.iter().zip(found.captures.iter().skip(1));
    Value::map(groups.filter_map(|(name, caught)| Some((name.clone()?, group(caught)))).collect())
}

/// The match; with groups, what they caught.
fn scanned<'e>(found: &Found<'_>) -> Value<'e> {
    if found.captures.len() == 1 {
        return Value::text(found.captures.get_match().as_str().to_owned());
    }
    Value::list(found.captures.iter().skip(1).map(group).collect())
}
