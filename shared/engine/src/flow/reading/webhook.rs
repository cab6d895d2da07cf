//! The trigger of requests.

use std::time::Duration;

use super::{Reading, bean::Bean, rendered};
use crate::flow::webhook::{Algorithm, Encoding, Reply, Scheme, Signature, Webhook};

/// Its own properties. `signature` and `idempotencyKey` are not Kestra's.
pub(super) const KNOWN: [&str; 8] = [
    "key",
    "inputs",
    "wait",
    "returnOutputs",
    "responseContentType",
    "responseCode",
    "signature",
    "idempotencyKey",
];
/// Characters of a key.
const KEY_MAX: usize = 256;
/// Statuses that end a request.
const CODES: std::ops::RangeInclusive<u16> = 200..=599;

/// The whole of it, but what every trigger has.
pub(super) fn read(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Webhook> {
    bean.required(reading, "key");
    bean.short_text(reading, "key", KEY_MAX);
    let key = bean.template(reading, "key");
    let inputs = given(bean, "inputs", || rendered::map_property(reading, bean, "inputs"));
    let reply = reply(reading, bean);
    let signature = given(bean, "signature", || signature(reading, bean));
    let idempotency_key = given(bean, "idempotencyKey", || bean.template(reading, "idempotencyKey"));
    Some(Webhook {
        key: key?,
        inputs: inputs?,
        reply: reply?,
        signature: signature?,
        idempotency_key: idempotency_key?,
    })
}

/// What is not there is fine; what is there and cannot be used is not.
#[allow(clippy::option_option, reason = "whether it can be used, and whether it is there")]
fn given<T>(bean: &Bean<'_>, name: &str, read: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
    if bean.get(name).is_none() { Some(None) } else { read().map(Some) }
}

fn reply(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Reply> {
    let wait = bean.flag(reading, "wait");
    let outputs = bean.flag(reading, "returnOutputs");
    let plain = match bean.text(reading, "responseContentType").as_deref() {
        None | Some("application/json") => Some(false),
        Some("text/plain") => Some(true),
        Some(_) => {
            let at = bean.get("responseContentType").map_or(bean.at, |it| it.at);
            let message =
                "invalid webhook: responseContentType must be either 'application/json' or 'text/plain'";
            reading.problems.entity(&bean.path("responseContentType"), message, at);
            None
        }
    };
    let code = given(bean, "responseCode", || {
        let code = bean.template(reading, "responseCode")?;
        let number = code.literal().map(|it| it.trim().parse::<u16>());
        if number.is_some_and(|it| !it.is_ok_and(|it| CODES.contains(&it))) {
            let (first, last) = (CODES.start(), CODES.end());
            let message = format!("must be a whole number between {first} and {last}, or an expression");
            let at = bean.get("responseCode").map_or(bean.at, |it| it.at);
            reading.problems.entity(&bean.path("responseCode"), message, at);
            return None;
        }
        Some(code)
    });
    Some(Reply { wait, outputs, plain: plain?, code: code? })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sender {
    GitHub,
    Stripe,
    Slack,
    Hmac,
}

/// Kestra has no such property, and no name for its class.
const CLASS: &str = "Signature";
const SENDERS: [(&str, Sender); 4] = [
    ("GITHUB", Sender::GitHub),
    ("STRIPE", Sender::Stripe),
    ("SLACK", Sender::Slack),
    ("HMAC", Sender::Hmac),
];
const ALGORITHMS: [(&str, Algorithm); 3] =
    [("SHA256", Algorithm::Sha256), ("SHA1", Algorithm::Sha1), ("SHA512", Algorithm::Sha512)];
const ENCODINGS: [(&str, Encoding); 2] = [("HEX", Encoding::Hex), ("BASE64", Encoding::Base64)];
const OF_HMAC: [&str; 4] = ["header", "algorithm", "encoding", "prefix"];
const PROPERTIES: [&str; 7] = ["type", "secret", "tolerance", "header", "algorithm", "encoding", "prefix"];

fn signature(reading: &mut Reading<'_>, owner: &Bean<'_>) -> Option<Signature> {
    let path = owner.path("signature");
    let bean = Bean::open(reading, owner.get("signature")?, &path, CLASS, &[&PROPERTIES])?;
    bean.required(reading, "type");
    bean.required(reading, "secret");
    let sender = bean.one_of(reading, "type", &SENDERS);
    let secret = bean.template(reading, "secret");
    let tolerance = tolerance(reading, &bean);
    let hmac = hmac(reading, &bean, sender == Some(Sender::Hmac));
    match sender? {
        Sender::GitHub | Sender::Hmac => {
            refuse(reading, &bean, &["tolerance"], "a signature of this `type` carries no time");
        }
        Sender::Stripe | Sender::Slack => {}
    }
    if sender != Some(Sender::Hmac) {
        refuse(reading, &bean, &OF_HMAC, "belongs to a signature of the `type` HMAC alone");
    }
    let scheme = match sender? {
        Sender::GitHub => Scheme::GitHub,
        Sender::Stripe => Scheme::Stripe { tolerance: tolerance? },
        Sender::Slack => Scheme::Slack { tolerance: tolerance? },
        Sender::Hmac => hmac?,
    };
    Some(Signature { secret: secret?, scheme })
}

fn tolerance(reading: &mut Reading<'_>, bean: &Bean<'_>) -> Option<Duration> {
    let Some(node) = bean.get("tolerance") else {
        return Some(Signature::TOLERANCE);
    };
    let tolerance = bean.duration(reading, "tolerance")?;
    if tolerance.is_zero() || tolerance > Signature::TOLERANCE_MAX {
        let message = "must be more than PT0S and at most PT24H";
        reading.problems.entity(&bean.path("tolerance"), message, node.at);
        return None;
    }
    Some(tolerance)
}

fn hmac(reading: &mut Reading<'_>, bean: &Bean<'_>, wanted: bool) -> Option<Scheme> {
    let header = if wanted { bean.required(reading, "header") } else { bean.get("header") };
    let name = header.and_then(|_| bean.text(reading, "header"));
    let is_name = |it: &String| {
        !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if let Some(node) = header
        && name.as_ref().is_some_and(|it| !is_name(it))
    {
        let message = "must be the name of a header: letters, digits, - and _";
        reading.problems.entity(&bean.path("header"), message, node.at);
    }
    let algorithm = given(bean, "algorithm", || bean.one_of(reading, "algorithm", &ALGORITHMS));
    let encoding = given(bean, "encoding", || bean.one_of(reading, "encoding", &ENCODINGS));
    let prefix = given(bean, "prefix", || bean.text(reading, "prefix"));
    Some(Scheme::Hmac {
        header: name.filter(is_name)?.to_ascii_lowercase(),
        algorithm: algorithm?.unwrap_or(Algorithm::Sha256),
        encoding: encoding?.unwrap_or(Encoding::Hex),
        prefix: prefix?.unwrap_or_default(),
    })
}

fn refuse(reading: &mut Reading<'_>, bean: &Bean<'_>, names: &[&str], why: &str) {
    for name in names {
        if let Some(at) = bean.get(name).and_then(|_| bean.key_at(name)) {
            reading.problems.entity(&bean.path(name), why, at);
        }
    }
}
