//! jq's functions of plain values.

use super::{
    numbers,
    operate::{self, Made, kind, truth},
    refused,
    run::{Machine, Stop, error},
    search,
    syntax::Operator,
    time,
};
use crate::{Map, Value, compare::as_double, output::Output};

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
        ("has", [key]) => search::has(machine, input, key),
        ("contains", [part]) => search::contains(machine, input, part).map(Value::Bool),
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
        ("indices", [part]) => search::indices(machine, input, part),
        ("index" | "rindex", [part]) => {
            let Value::List(found) = search::indices(machine, input, part)? else { return Ok(Value::Null) };
            let at = if name == "index" { found.get(0) } else { found.iter().next_back() };
            Ok(at.unwrap_or(Value::Null))
        }
        ("bsearch", [target]) => search::bsearch(machine, input, target),
        ("gmtime", []) => time::gmtime(input),
        ("mktime", []) => time::mktime(input),
        ("strftime", [format]) => time::strftime(machine, input, format),
        ("strptime", [format]) => time::strptime(machine, input, format),
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
        _ => match numbers::of_arguments(name, arguments) {
            Some(made) => made,
            None => match numbers::of_input(name, input).filter(|_| arguments.is_empty()) {
                Some(made) => made,
                None => textual(machine, name, input, arguments),
            },
        },
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
        ("test", [pattern]) => machine.test(input, pattern, &Value::Null),
        ("test", [pattern, flags]) => machine.test(input, pattern, flags),
        ("split", [pattern, flags]) => machine.split(input, pattern, flags),
        _ => Err(refused::unknown(name, arguments.len())),
    }
}

pub(super) fn text_of<'v, 'e>(value: &'v Value<'e>) -> Result<&'v str, Stop<'e>> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(error(format!("{} is no string", kind(value)))),
    }
}

pub(super) fn count<'e>(count: usize) -> Value<'e> {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

fn length<'e>(input: &Value<'e>) -> Made<'e> {
    match input {
        Value::Null => Ok(Value::Integer(0)),
        Value::Bool(_) => Err(error("boolean has no length")),
        Value::Int(_) | Value::Integer(_) | Value::Double(_) => {
            numbers::of_input("abs", input).expect("a function of numbers")
        }
        Value::String(text) => Ok(count(text.chars().count())),
        Value::List(list) => Ok(count(list.len())),
        Value::Map(map) => Ok(count(map.len())),
    }
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
}
