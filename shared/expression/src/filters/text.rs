//! Filters that turn a text into another.

use std::borrow::Cow;

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
};

pub(super) fn upper<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(call.input_text(input)?.to_uppercase()))
}

pub(super) fn lower<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(call.input_text(input)?.to_lowercase()))
}

/// The first letter upper case, the others as they are.
pub(super) fn capitalize<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let text = call.input_text(input)?;
    let mut made = String::with_capacity(text.len());
    let blank = text.len() - text.trim_start().len();
    made.push_str(&text[..blank]);
    push_capitalized(&mut made, &text[blank..]);
    Ok(Value::text(made))
}

/// The first letter of each word upper case, the others as they are.
pub(super) fn title<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let text = call.input_text(input)?;
    let mut made = String::with_capacity(text.len());
    for word in text.split_inclusive(char::is_whitespace) {
        push_capitalized(&mut made, word);
    }
    Ok(Value::text(made))
}

fn push_capitalized(made: &mut String, word: &str) {
    let mut letters = word.chars();
    if let Some(first) = letters.next() {
        made.extend(first.to_uppercase());
        made.push_str(letters.as_str());
    }
}

pub(super) fn trim<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    part(input, call, "", |text, _| Some(text.trim()))
}

/// At most `length` characters, the last three of which are dots when something is left out.
pub(super) fn abbreviate<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let length = call.count(0)?;
    let text = call.input_text(input)?;
    if text.chars().count() <= length {
        return Ok(Value::text(text.into_owned()));
    }
    let dots = if length >= 3 { "..." } else { "" };
    let kept: String = text.chars().take(length - dots.len()).collect();
    Ok(Value::text(kept + dots))
}

pub(super) fn starts_with<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let value = call.text(0)?;
    Ok(Value::Bool(present_text(input, call)?.starts_with(&*value)))
}

pub(super) fn ends_with<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let value = call.text(0)?;
    Ok(Value::Bool(present_text(input, call)?.ends_with(&*value)))
}

fn present_text<'v>(input: &'v Value<'_>, call: &Invocation<'_, '_>) -> Result<Cow<'v, str>, Halt> {
    if input.is_null() {
        return Err(Halt::failed(format!("'{}' filter cannot be applied to null", call.name)));
    }
    call.input_text(input)
}

pub(super) fn substring_before<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let separator = call.text(0)?;
    part(input, call, &separator, |text, separator| {
        text.split_once(separator).map(|(before, _)| before).or(Some(text))
    })
}

pub(super) fn substring_before_last<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let separator = call.text(0)?;
    part(input, call, &separator, |text, separator| {
        text.rsplit_once(separator).map(|(before, _)| before).or(Some(text))
    })
}

pub(super) fn substring_after<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let separator = call.text(0)?;
    part(input, call, &separator, |text, separator| text.split_once(separator).map(|(_, after)| after))
}

pub(super) fn substring_after_last<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let separator = call.text(0)?;
    part(input, call, &separator, |text, separator| text.rsplit_once(separator).map(|(_, after)| after))
}

/// A part of the input, borrowed when the input is; nothing is the empty text.
fn part<'e>(
    input: &Value<'e>,
    call: &Invocation<'_, 'e>,
    separator: &str,
    find: for<'t> fn(&'t str, &str) -> Option<&'t str>,
) -> Outcome<'e> {
    if let Value::String(Cow::Borrowed(text)) = *input {
        return Ok(Value::text(find(text, separator).unwrap_or("")));
    }
    let text = call.input_text(input)?;
    Ok(Value::text(find(&text, separator).unwrap_or("").to_owned()))
}
