//! Filters that write a text in another alphabet, or its digest.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::Digest;

use crate::{
    Value,
    eval::{Halt, Outcome},
    invocation::Invocation,
    ion,
};

pub(super) fn json<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut text = call.output();
    text.json(input)?;
    call.made(text)
}

/// Ion, as Kestra writes the rows of a file.
pub(super) fn ion<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut text = call.output();
    ion::write(&mut text, input)?;
    call.made(text)
}

pub(super) fn base64_encode<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    Ok(Value::text(STANDARD.encode(&*call.input_text(input)?)))
}

pub(super) fn base64_decode<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let text = call.input_text(input)?;
    let bytes = STANDARD.decode(&*text).map_err(|error| Halt::failed(format!("Invalid base64: {error}")))?;
    text_of(bytes, "base64")
}

fn text_of(bytes: Vec<u8>, encoding: &str) -> Outcome<'static> {
    let text = String::from_utf8(bytes)
        .map_err(|_| Halt::failed(format!("The {encoding} text holds no UTF-8 text")))?;
    Ok(Value::text(text))
}

/// As in the query of an address: a space is a plus.
pub(super) fn url_encode<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let mut made = String::new();
    for byte in call.input_text(input)?.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                made.push(char::from(byte));
            }
            b' ' => made.push('+'),
            other => write!(made, "%{other:02X}").expect("a String takes all"),
        }
    }
    Ok(Value::text(made))
}

pub(super) fn url_decode<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    let text = call.input_text(input)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
                let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
                let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                    return Err(Halt::failed("Illegal hex characters in escape (%) pattern"));
                };
                rest = &after[2..];
                byte
            }
            other => other,
        });
    }
    text_of(bytes, "decoded")
}

pub(super) fn md5<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    digest::<md5::Md5>(input, call)
}

pub(super) fn sha1<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    digest::<sha1::Sha1>(input, call)
}

pub(super) fn sha256<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    digest::<sha2::Sha256>(input, call)
}

pub(super) fn sha512<'e>(input: &Value<'e>, call: &mut Invocation<'_, 'e>) -> Outcome<'e> {
    digest::<sha2::Sha512>(input, call)
}

fn digest<'e, D: Digest>(input: &Value<'e>, call: &Invocation<'_, 'e>) -> Outcome<'e> {
    let mut hex = String::new();
    for byte in &D::digest(&*call.input_text(input)?) {
        write!(hex, "{byte:02x}").expect("a String takes all");
    }
    Ok(Value::text(hex))
}
