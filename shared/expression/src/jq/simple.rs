//! jq's functions of plain values.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    operate::{self, Made, kind, number, truth},
    run::{Machine, Stop, error},
    syntax::Operator,
};
use crate::{Map, Value, compare::as_double, eval::Halt, output::Output};

/// What Kestra's jq may know and this one does not. No `try` hides it, as it would be refused before it runs.
pub(super) fn unknown<'e>(name: &str, arity: usize) -> Stop<'e> {
    Stop::Halt(Halt::failed(format!(
        "jq's {name}/{arity} is not defined, or not built: expressions know its paths, operators and common \
         functions, and nothing of the clock, the environment or other inputs"
    )))
}

pub(super) fn call<'e>(
    machine: &mut Machine<'_, 'e>,
    name: &str,
    input: &Value<'e>,
    arguments: &[Value<'e>],
) -> Made<'e> {
    match (name, arguments) {
        ("null", []) => Ok(Value::Null),
        ("true" | "false", []) => Ok(Value::Bool(name == "true")),
        ("not", []) => Ok(Value::Bool(!truth(input))),
        ("type", []) => Ok(Value::text(kind(input))),
        ("length", []) => length(input),
        ("utf8bytelength", []) => Ok(count(text_of(input)?.len())),
        ("keys" | "keys_unsorted", []) => keys(machine, input, name == "keys"),
        ("to_entries", []) => Ok(Value::list(entries(machine, input)?)),
        ("from_entries", []) => {
            let items = items(machine, input)?;
            from_entries(machine, items)
        }
        ("has", [key]) => has(machine, input, key),
        ("contains", [part]) => contains(machine, input, part).map(Value::Bool),
        ("add", []) => {
            let items = items(machine, input)?;
            sum(machine, items)
        }
        ("any" | "all", []) => {
            let wanted = name == "any";
            let found = items(machine, input)?.iter().any(|item| truth(item) == wanted);
            Ok(Value::Bool(found == wanted))
        }
        ("first", []) => operate::index(machine, input, &Value::Integer(0)),
        ("last", []) => operate::index(machine, input, &Value::Integer(-1)),
        ("reverse", []) => match input {
            Value::Null => Ok(Value::list(Vec::new())),
            Value::String(text) => Ok(Value::text(text.chars().rev().collect::<String>())),
            _ => Ok(Value::list(items(machine, input)?.into_iter().rev().collect())),
        },
        ("sort", []) => {
            let mut items = items(machine, input)?;
            machine.sort(&mut items)?;
            Ok(Value::list(items))
        }
        ("unique" | "min" | "max", []) => {
            let items = items(machine, input)?;
            by_keys(machine, &format!("{name}_by"), items.clone(), items)
        }
        ("flatten", [] | [_]) => {
            let levels = arguments.first().map_or(Some(i64::MAX), Value::whole);
            let levels = levels.filter(|levels| *levels >= 0);
            let levels = levels.ok_or_else(|| error("flatten depth must not be negative"))?;
            let mut made = Vec::new();
            flatten(machine, input, levels, &mut made)?;
            Ok(Value::list(made))
        }
        ("getpath", [path]) => {
            let mut value = input.clone();
            for key in machine.path_of(path)? {
                value = operate::index(machine, &value, &key)?;
            }
            Ok(value)
        }
        (
            "floor" | "ceil" | "round" | "sqrt" | "fabs" | "abs" | "trunc" | "log" | "exp" | "log2" | "log10",
            [],
        ) => math(name, input),
        ("pow", [base, exponent]) => match (as_double(base), as_double(exponent)) {
            (Some(base), Some(exponent)) => Ok(number(base.powf(exponent))),
            _ => Err(error("pow takes numbers")),
        },
        ("infinite", []) => Ok(Value::Double(f64::INFINITY)),
        ("nan", []) => Ok(Value::Double(f64::NAN)),
        ("tostring", []) => Ok(Value::text(machine.format("@text", input)?)),
        ("tojson", []) => Ok(Value::text(machine.format("@json", input)?)),
        ("tonumber", []) => match input {
            Value::String(text) => {
                let whole = text.trim().parse().map(Value::Integer);
                let parsed = whole.or_else(|_| text.trim().parse().map(Value::Double));
                parsed.map_err(|_| error(format!("Cannot parse '{text}' as a number")))
            }
            _ => as_double(input)
                .map(|_| input.clone())
                .ok_or_else(|| error(format!("{} cannot be parsed as a number", kind(input)))),
        },
        ("fromjson", []) => {
            let text = text_of(input)?;
            machine.budget.spend_items(text.len() / 8)?;
            let json = serde_json::from_str(text)
                .map_err(|failure| error(format!("{failure} (while parsing JSON)")))?;
            Ok(Value::owned(json))
        }
        _ => textual(machine, name, input, arguments),
    }
}

fn textual<'e>(
    machine: &mut Machine<'_, 'e>,
    name: &str,
    input: &Value<'e>,
    arguments: &[Value<'e>],
) -> Made<'e> {
    let made = |text: &str| Ok(Value::text(text.to_owned()));
    match (name, arguments) {
        ("ascii_downcase", []) => Ok(Value::text(text_of(input)?.to_ascii_lowercase())),
        ("ascii_upcase", []) => Ok(Value::text(text_of(input)?.to_ascii_uppercase())),
        ("trim", []) => made(text_of(input)?.trim()),
        ("ltrim", []) => made(text_of(input)?.trim_start()),
        ("rtrim", []) => made(text_of(input)?.trim_end()),
        ("ltrimstr" | "rtrimstr", [part]) => match (input, part) {
            (Value::String(text), Value::String(part)) => {
                let rest =
                    if name == "ltrimstr" { text.strip_prefix(&**part) } else { text.strip_suffix(&**part) };
                made(rest.unwrap_or(text))
            }
            _ => Ok(input.clone()),
        },
        ("startswith", [part]) => Ok(Value::Bool(text_of(input)?.starts_with(text_of(part)?))),
        ("endswith", [part]) => Ok(Value::Bool(text_of(input)?.ends_with(text_of(part)?))),
        ("split", [by]) => operate::split(machine, text_of(input)?, text_of(by)?),
        ("join", [between]) => {
            let between = text_of(between)?;
            let mut text = Output::new(machine.bytes_max);
            for (index, item) in items(machine, input)?.into_iter().enumerate() {
                machine.budget.spend(1)?;
                if matches!(item, Value::List(_) | Value::Map(_)) {
                    return Err(error(format!("Cannot join with {}", kind(&item))));
                }
                if index > 0 {
                    text.push(between)?;
                }
                text.print(&item)?;
            }
            Ok(Value::text(text.into_text()))
        }
        ("explode", []) => {
            let text = text_of(input)?;
            machine.budget.spend_items(text.len())?;
            Ok(Value::list(text.chars().map(|letter| Value::Integer(i64::from(u32::from(letter)))).collect()))
        }
        ("implode", []) => {
            let mut text = String::new();
            for code in items(machine, input)? {
                let letter = code.whole().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
                text.push(letter.ok_or_else(|| error("Invalid codepoint"))?);
            }
            Ok(Value::text(text))
        }
        ("test", [pattern]) => test(machine, input, pattern, ""),
        ("test", [pattern, flags]) => test(machine, input, pattern, text_of(flags)?),
        _ => Err(unknown(name, arguments.len())),
    }
}

/// Bytes that a compiled pattern may take, and steps for compiling one that may come near it.
const COMPILED_BYTES_MAX: usize = 1 << 20;
const COMPILE_STEPS: usize = 1_000;

/// Patterns run in linear time, and pay for the text.
fn test<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, pattern: &Value<'e>, flags: &str) -> Made<'e> {
    let (text, pattern) = (text_of(input)?, text_of(pattern)?);
    // Counted repetitions are what makes a small pattern a large one.
    let compile = if pattern.contains('{') { COMPILE_STEPS } else { pattern.len() * 16 };
    machine.budget.spend_items(1 + text.len() / 16 + compile)?;
    let regex = regex::RegexBuilder::new(pattern)
        .case_insensitive(flags.contains('i'))
        .ignore_whitespace(flags.contains('x'))
        .size_limit(COMPILED_BYTES_MAX)
        .build()
        .map_err(|failure| error(format!("{failure}")))?;
    Ok(Value::Bool(regex.is_match(text)))
}

fn text_of<'v, 'e>(value: &'v Value<'e>) -> Result<&'v str, Stop<'e>> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(error(format!("{} is no string", kind(value)))),
    }
}

fn count<'e>(count: usize) -> Value<'e> {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn length<'e>(input: &Value<'e>) -> Made<'e> {
    match input {
        Value::Null => Ok(Value::Integer(0)),
        Value::Bool(_) => Err(error("boolean has no length")),
        Value::Int(_) | Value::Integer(_) | Value::Double(_) => math("abs", input),
        Value::String(text) => Ok(count(text.chars().count())),
        Value::List(list) => Ok(count(list.len())),
        Value::Map(map) => Ok(count(map.len())),
    }
}

fn math<'e>(name: &str, input: &Value<'e>) -> Made<'e> {
    let double = as_double(input).ok_or_else(|| error(format!("{} is no number", kind(input))))?;
    if let Some(whole) = input.whole() {
        match name {
            "floor" | "ceil" | "round" | "trunc" => return Ok(input.clone()),
            "abs" | "fabs" => return Ok(Value::Integer(whole.wrapping_abs())),
            _ => {}
        }
    }
    Ok(number(match name {
        "floor" => double.floor(),
        "ceil" => double.ceil(),
        "round" => double.round(),
        "trunc" => double.trunc(),
        "sqrt" => double.sqrt(),
        "log" => double.ln(),
        "log2" => double.log2(),
        "log10" => double.log10(),
        "exp" => double.exp(),
        _ => double.abs(),
    }))
}

/// The items of an array, the values of an object.
pub(super) fn items<'e>(
    machine: &mut Machine<'_, 'e>,
    input: &Value<'e>,
) -> Result<Vec<Value<'e>>, Stop<'e>> {
    let items: Vec<Value<'e>> = match input {
        Value::List(list) => list.iter().collect(),
        Value::Map(map) => map.iter().map(|(_, value)| value).collect(),
        _ => return Err(error(format!("Cannot iterate over {}", kind(input)))),
    };
    machine.budget.spend_items(items.len())?;
    items.iter().try_for_each(|item| machine.budget.spend_copy(item))?;
    Ok(items)
}

fn keys<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, sorted: bool) -> Made<'e> {
    match input {
        Value::Map(map) => {
            machine.budget.spend_items(map.len())?;
            let mut keys = map.keys();
            if sorted {
                keys.sort();
            }
            Ok(Value::list(keys.into_iter().map(Value::String).collect()))
        }
        Value::List(list) => {
            machine.budget.spend_items(list.len())?;
            Ok(Value::list((0_i64..).take(list.len()).map(Value::Integer).collect()))
        }
        _ => Err(error(format!("{} has no keys", kind(input)))),
    }
}

pub(super) fn entries<'e>(
    machine: &mut Machine<'_, 'e>,
    input: &Value<'e>,
) -> Result<Vec<Value<'e>>, Stop<'e>> {
    let Value::Map(map) = input else { return Err(error(format!("{} has no keys", kind(input)))) };
    machine.budget.spend_items(map.len() * 3)?;
    let entry =
        |(key, value)| Value::map(vec![("key".to_owned(), Value::String(key)), ("value".to_owned(), value)]);
    Ok(map.iter().map(entry).collect())
}

pub(super) fn from_entries<'e>(machine: &mut Machine<'_, 'e>, entries: Vec<Value<'e>>) -> Made<'e> {
    let field = |map: &Map<'e>, names: &[&str]| names.iter().find_map(|name| map.get(name));
    let mut made = Vec::new();
    for entry in entries {
        let Value::Map(map) = &entry else {
            return Err(error(format!("Cannot index {} with \"key\"", kind(&entry))));
        };
        let key = field(map, &["key", "k", "name", "Name", "Key", "K"]).unwrap_or(Value::Null);
        let key = machine.format("@text", &key)?;
        machine.budget.spend_walk(made.len())?;
        machine.budget.spend(1)?;
        operate::insert(&mut made, &key, field(map, &["value", "v", "Value", "V"]).unwrap_or(Value::Null));
    }
    Ok(Value::map(made))
}

fn has<'e>(machine: &mut Machine<'_, 'e>, input: &Value<'e>, key: &Value<'e>) -> Made<'e> {
    match (input, key) {
        (Value::Map(map), Value::String(key)) => {
            machine.budget.spend_search(map)?;
            Ok(Value::Bool(map.get(key).is_some()))
        }
        (Value::List(list), at) if as_double(at).is_some() => Ok(Value::Bool(
            as_double(at) >= Some(0.0) && operate::place(at, list).is_some_and(|at| at < list.len()),
        )),
        _ => Err(error(format!("Cannot check whether {} has a {} key", kind(input), kind(key)))),
    }
}

fn contains<'e>(
    machine: &mut Machine<'_, 'e>,
    whole: &Value<'e>,
    part: &Value<'e>,
) -> Result<bool, Stop<'e>> {
    machine.budget.spend(1)?;
    match (whole, part) {
        (Value::String(whole), Value::String(part)) => {
            machine.budget.spend_bytes(whole.len())?;
            Ok(whole.contains(&**part))
        }
        (Value::List(whole), Value::List(part)) => {
            'parts: for part in part.iter() {
                for whole in whole.iter() {
                    if contains(machine, &whole, &part)? {
                        continue 'parts;
                    }
                }
                return Ok(false);
            }
            Ok(true)
        }
        (Value::Map(whole), Value::Map(part)) => {
            for (key, part) in part.iter() {
                machine.budget.spend_search(whole)?;
                match whole.get(&key) {
                    Some(whole) if contains(machine, &whole, &part)? => {}
                    _ => return Ok(false),
                }
            }
            Ok(true)
        }
        _ if kind(whole) == kind(part) => Ok(operate::order(machine, whole, part)?.is_eq()),
        _ => Err(error(format!("{} cannot have its containment checked in {}", kind(part), kind(whole)))),
    }
}

pub(super) fn sum<'e>(machine: &mut Machine<'_, 'e>, items: Vec<Value<'e>>) -> Made<'e> {
    let mut sum = Value::Null;
    for item in items {
        machine.budget.spend(1)?;
        sum = operate::compute(machine, Operator::Add, &sum, &item)?;
    }
    Ok(sum)
}

fn flatten<'e>(
    machine: &mut Machine<'_, 'e>,
    value: &Value<'e>,
    levels: i64,
    made: &mut Vec<Value<'e>>,
) -> Result<(), Stop<'e>> {
    for item in items(machine, value)? {
        match item {
            Value::List(_) if levels > 0 => flatten(machine, &item, levels - 1, made)?,
            _ => made.push(item),
        }
    }
    Ok(())
}

/// `sort_by`, `group_by`, `unique_by`, `min_by`, `max_by`.
pub(super) fn by_keys<'e>(
    machine: &mut Machine<'_, 'e>,
    name: &str,
    keys: Vec<Value<'e>>,
    items: Vec<Value<'e>>,
) -> Made<'e> {
    let mut sorted: Vec<(Value<'e>, Value<'e>)> = Vec::new();
    for (key, item) in keys.into_iter().zip(items) {
        machine.insert_sorted(&mut sorted, key, item)?;
    }
    match name {
        "min_by" => return Ok(sorted.into_iter().next().map_or(Value::Null, |(_, item)| item)),
        "max_by" => return Ok(sorted.pop().map_or(Value::Null, |(_, item)| item)),
        "sort_by" => return Ok(Value::list(sorted.into_iter().map(|(_, item)| item).collect())),
        _ => {}
    }
    let mut groups: Vec<(Value<'e>, Vec<Value<'e>>)> = Vec::new();
    for (key, item) in sorted {
        match groups.last_mut() {
            Some((last, group)) if operate::order(machine, last, &key)?.is_eq() => group.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let of = |group: Vec<Value<'e>>| {
        if name == "group_by" { Value::list(group) } else { group.into_iter().next().unwrap_or(Value::Null) }
    };
    Ok(Value::list(groups.into_iter().map(|(_, group)| of(group)).collect()))
}

impl<'e> Machine<'_, 'e> {
    /// Behind all that are not greater. Comparing may fail, which the sort of the standard library cannot.
    fn insert_sorted(
        &mut self,
        sorted: &mut Vec<(Value<'e>, Value<'e>)>,
        key: Value<'e>,
        item: Value<'e>,
    ) -> Result<(), Stop<'e>> {
        let (mut from, mut to) = (0, sorted.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            if operate::order(self, &sorted[middle].0, &key)?.is_gt() {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        self.budget.spend((sorted.len() - from) as u64 / 64)?;
        sorted.insert(from, (key, item));
        Ok(())
    }

    pub(super) fn sort(&mut self, items: &mut Vec<Value<'e>>) -> Result<(), Stop<'e>> {
        let mut sorted = Vec::with_capacity(items.len());
        for item in items.drain(..) {
            self.insert_sorted(&mut sorted, item.clone(), item)?;
        }
        items.extend(sorted.into_iter().map(|(_, item)| item));
        Ok(())
    }

    /// A value as the text that a format such as `@base64` makes of it.
    pub(super) fn format(&mut self, format: &str, value: &Value<'e>) -> Result<String, Stop<'e>> {
        let mut text = Output::new(self.bytes_max);
        match (format, value) {
            ("@text" | "@base64" | "@base64d", Value::String(string)) => text.push(string)?,
            ("@text" | "@json" | "@base64", _) => text.json(value)?,
            _ => return Err(unknown(format, 0)),
        }
        self.budget.spend_bytes(text.len())?;
        let text = text.into_text();
        match format {
            "@base64" => Ok(STANDARD.encode(text)),
            "@base64d" => {
                let bytes = STANDARD.decode(text).map_err(|failure| error(format!("{failure}")))?;
                String::from_utf8(bytes).map_err(|_| error("the decoded bytes are no text"))
            }
            _ => Ok(text),
        }
    }
}
