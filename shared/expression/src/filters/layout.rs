//! Filters that make a text fit where it goes: indentation, quotes, addresses.

use crate::{
    Map, Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

/// Every line but the first moves to the right.
pub(super) fn indent<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    indented(input, call, false)
}

/// A new line, and then every line moved to the right.
pub(super) fn nindent<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    indented(input, call, true)
}

fn indented<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>, on_new_line: bool) -> Outcome<'e> {
    let amount = call.count(0)?;
    let prefix = call.optional_text(1)?.unwrap_or(" ".into());
    let bytes = amount.saturating_mul(prefix.len());
    if bytes > call.evaluator.environment.limits.output_bytes {
        return Err(Halt::failed(format!("An indentation of {bytes} bytes is too long")));
    }
    call.budget().spend_bytes(bytes)?;
    let margin = prefix.repeat(amount);
    let text = call.input_text(input)?;
    let mut made = call.output();
    if on_new_line {
        made.push("\n")?;
        made.push(&margin)?;
    }
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            made.push("\n")?;
            made.push(&margin)?;
        }
        made.push(line)?;
    }
    call.made(made)
}

/// Escapes quotes in a text, and in all texts of a list or map.
pub(super) fn escape_char<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let (quote, escaped) = match &*call.text(0)? {
        "single" => ("'", "\\'"),
        "double" => ("\"", "\\\""),
        "shell" => ("'", "'\\''"),
        other => {
            return Err(Halt::failed(format!(
                "Argument `type` must be single, double or shell, not `{other}`"
            )));
        }
    };
    escape(input, quote, escaped, call)
}

fn escape<'e>(input: &Value<'e>, quote: &str, escaped: &str, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    call.budget().spend(1)?;
    match input {
        Value::String(text) => {
            call.budget().spend_bytes(text.len())?;
            Ok(Value::text(text.replace(quote, escaped)))
        }
        Value::List(list) => {
            let items: Result<Vec<_>, Halt> =
                list.iter().map(|item| escape(&item, quote, escaped, call)).collect();
            Ok(Value::list(items?))
        }
        Value::Map(map) => escape_map(map, quote, escaped, call),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => {
            Ok(input.clone())
        }
    }
}

fn escape_map<'e>(map: &Map<'e>, quote: &str, escaped: &str, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut entries = Vec::new();
    for (key, value) in map.iter() {
        entries.push((key.into_owned(), escape(&value, quote, escaped, call)?));
    }
    Ok(Value::map(entries))
}

/// Lower-case ASCII with dashes, as in an address.
pub(super) fn slugify<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let text = call.input_text(input)?;
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            letter if letter.is_ascii_alphanumeric() => slug.push(letter),
            letter if letter.is_whitespace() || letter == '_' || letter == '-' => {
                if !slug.is_empty() && !slug.ends_with('-') {
                    slug.push('-');
                }
            }
            letter => slug.extend(without_accent(letter)),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    Ok(Value::text(slug))
}

/// The letter under an accent, for the alphabets of Europe.
fn without_accent(letter: char) -> Option<char> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        _ => return None,
    })
}
