//! Whether a request was signed by who knows a secret.
//!
//! The signature that would be right is written as its sender writes it, and compared as text in constant time. So
//! nothing that anybody sends is decoded, and what is not exactly right is wrong.

use std::{fmt::Write, time::Duration};

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use engine::{
    flow::webhook::{Algorithm, Encoding, Scheme},
    time::Timestamp,
};
use serde_json::{Map, Value as Json};

const GITHUB: &str = "x-hub-signature-256";
const STRIPE: &str = "stripe-signature";
const SLACK: &str = "x-slack-signature";
const SLACK_TIME: &str = "x-slack-request-timestamp";
/// Signatures of one Stripe header that are looked at: one for each secret that is in use.
const STRIPE_SIGNATURES_MAX: usize = 16;

/// Says yes to a request that is signed, and from a time near enough to now. Headers are lists by names in lower case.
///
/// # Errors
/// What is wrong with it, for the caller.
pub(super) fn verify(
    scheme: &Scheme,
    secret: &str,
    headers: &Map<String, Json>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), String> {
    match scheme {
        Scheme::GitHub => {
            let given = one(headers, GITHUB)?;
            let right = format!("sha256={}", hex(&mac(Algorithm::Sha256, secret, &[body])));
            is_right(GITHUB, &right, [given])
        }
        Scheme::Stripe { tolerance } => {
            let fields = || one(headers, STRIPE).map(|it| it.split(',').filter_map(|it| it.split_once('=')));
            let mut times = fields()?.filter(|(name, _)| *name == "t").map(|(_, it)| it);
            let (Some(time), None) = (times.next(), times.next()) else {
                return Err(format!("the header {STRIPE} has no single t=<seconds>"));
            };
            let seconds = seconds(STRIPE, time)?;
            let right = hex(&mac(Algorithm::Sha256, secret, &[time.as_bytes(), b".", body]));
            let given = fields()?.filter(|(name, _)| *name == "v1").map(|(_, it)| it);
            is_right(STRIPE, &right, given.take(STRIPE_SIGNATURES_MAX))?;
            is_near(seconds, now, *tolerance)
        }
        Scheme::Slack { tolerance } => {
            let (given, time) = (one(headers, SLACK)?, one(headers, SLACK_TIME)?);
            let seconds = seconds(SLACK_TIME, time)?;
            let signed = [b"v0:", time.as_bytes(), b":", body];
            let right = format!("v0={}", hex(&mac(Algorithm::Sha256, secret, &signed)));
            is_right(SLACK, &right, [given])?;
            is_near(seconds, now, *tolerance)
        }
        Scheme::Hmac { header, algorithm, encoding, prefix } => {
            let given = one(headers, header)?;
            let mac = mac(*algorithm, secret, &[body]);
            match encoding {
                Encoding::Hex => {
                    // Either case is used.
                    let digits = given.strip_prefix(prefix.as_str()).unwrap_or_default().to_ascii_lowercase();
                    is_right(header, &hex(&mac), [digits.as_str()])
                }
                Encoding::Base64 => is_right(header, &format!("{prefix}{}", BASE64.encode(mac)), [given]),
            }
        }
    }
}

/// The value of a header that is there once.
fn one<'h>(headers: &'h Map<String, Json>, name: &str) -> Result<&'h str, String> {
    match headers.get(name).and_then(Json::as_array).map(Vec::as_slice) {
        None | Some([]) => Err(format!("the header {name} is missing")),
        Some([Json::String(value)]) => Ok(value),
        Some(_) => Err(format!("the header {name} is there more than once")),
    }
}

fn mac(algorithm: Algorithm, secret: &str, signed: &[&[u8]]) -> Vec<u8> {
    let algorithm = match algorithm {
        Algorithm::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::Sha256 => hmac::HMAC_SHA256,
        Algorithm::Sha512 => hmac::HMAC_SHA512,
    };
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, secret.as_bytes()));
    for part in signed {
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}

/// Whether one of them is. All are compared.
fn is_right<'g>(header: &str, right: &str, given: impl IntoIterator<Item = &'g str>) -> Result<(), String> {
    let found = given
        .into_iter()
        .fold(false, |found, it| found | verify_slices_are_equal(right.as_bytes(), it.as_bytes()).is_ok());
    found.then_some(()).ok_or_else(|| format!("the signature in {header} is not that of this request"))
}

fn seconds(header: &str, text: &str) -> Result<i64, String> {
    let digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let seconds = digits.then(|| text.parse().ok()).flatten();
    seconds.ok_or_else(|| format!("the time in {header} has to be seconds since 1970"))
}

/// A request that somebody sends again later is refused, as is one from the future.
fn is_near(seconds: i64, now: Timestamp, tolerance: Duration) -> Result<(), String> {
    if (now.as_millis() / 1_000).abs_diff(seconds) <= tolerance.as_secs() {
        return Ok(());
    }
    Err(format!("the request was signed more than {} seconds from now", tolerance.as_secs()))
}

#[cfg(test)]
mod tests;
