use std::time::Duration;

use engine::{
    flow::webhook::{Algorithm, Encoding, Scheme},
    time::Timestamp,
};
use serde_json::{Map, Value as Json, json};

use super::{GITHUB, SLACK, SLACK_TIME, STRIPE, verify};

const TOLERANCE: Duration = Duration::from_mins(5);
const SLACK_AT: i64 = 1_531_420_618;
const STRIPE_AT: i64 = 1_492_774_577;

/// A request, as its sender signs it.
struct Signed {
    scheme: Scheme,
    secret: &'static str,
    headers: Vec<(&'static str, String)>,
    body: &'static str,
    /// Seconds since 1970.
    at: i64,
}

impl Signed {
    fn verified(&self, headers: &[(&str, String)], body: &[u8], at: i64) -> Result<(), String> {
        let headers: Map<String, Json> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!([value]))).collect();
        verify(&self.scheme, self.secret, &headers, body, Timestamp::from_millis(at * 1_000))
    }

    fn as_sent(&self) -> Result<(), String> {
        self.verified(&self.headers, self.body.as_bytes(), self.at)
    }

    fn carries_time(&self) -> bool {
        matches!(self.scheme, Scheme::Stripe { .. } | Scheme::Slack { .. })
    }

    /// Whether a header says the same as the one that was sent: hex digits may be of either case in a generic one.
    fn is_same(&self, header: &str, sent: &str) -> bool {
        match &self.scheme {
            Scheme::Hmac { encoding: Encoding::Hex, prefix, .. } => {
                header.starts_with(prefix.as_str()) && header.eq_ignore_ascii_case(sent)
            }
            Scheme::GitHub | Scheme::Stripe { .. } | Scheme::Slack { .. } | Scheme::Hmac { .. } => {
                header == sent
            }
        }
    }
}

/// The example of GitHub's documentation.
fn github() -> Signed {
    Signed {
        scheme: Scheme::GitHub,
        secret: "It's a Secret to Everybody",
        headers: vec![(
            GITHUB,
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".to_owned(),
        )],
        body: "Hello, World!",
        at: 0,
    }
}

/// The example of Slack's documentation.
fn slack() -> Signed {
    Signed {
        scheme: Scheme::Slack { tolerance: TOLERANCE },
        secret: "8f742231b10e8888abcd99yyyzzz85a5",
        headers: vec![
            (SLACK, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503".to_owned()),
            (SLACK_TIME, SLACK_AT.to_string()),
        ],
        body: "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        at: SLACK_AT,
    }
}

/// The header's form and time of Stripe's documentation, which does not tell the secret: signed here by Python's `hmac`.
fn stripe() -> Signed {
    Signed {
        scheme: Scheme::Stripe { tolerance: TOLERANCE },
        secret: "whsec_test_secret",
        headers: vec![(STRIPE, format!("t=1492774577,v1={STRIPE_NEW}"))],
        body: "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}",
        at: STRIPE_AT,
    }
}

const STRIPE_NEW: &str = "c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812";
/// With the secret `whsec_old`.
const STRIPE_OLD: &str = "7e81cd6c37b0442827e05d7e713cc29fde84589e6d318b9af88e724b31006a95";

fn hmac(algorithm: Algorithm, encoding: Encoding, prefix: &str, given: &str) -> Signed {
    Signed {
        scheme: Scheme::Hmac { header: "x-mac".to_owned(), algorithm, encoding, prefix: prefix.to_owned() },
        secret: "key",
        headers: vec![("x-mac", given.to_owned())],
        body: "The quick brown fox jumps over the lazy dog",
        at: 0,
    }
}

const SHA1: &str = "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9";
const SHA256: &str = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=";
const SHA512: &str = "b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a";

fn all() -> [Signed; 6] {
    [
        github(),
        slack(),
        stripe(),
        hmac(Algorithm::Sha1, Encoding::Hex, "sha1=", &format!("sha1={SHA1}")),
        hmac(Algorithm::Sha256, Encoding::Base64, "", SHA256),
        hmac(Algorithm::Sha512, Encoding::Hex, "", SHA512),
    ]
}

#[test]
fn what_was_signed_is_taken() {
    for signed in all() {
        assert_eq!(signed.as_sent(), Ok(()), "{:?}", signed.scheme);
    }
    let upper = hmac(Algorithm::Sha1, Encoding::Hex, "", &SHA1.to_uppercase());
    assert_eq!(upper.as_sent(), Ok(()));
}

#[test]
fn no_bit_of_it_can_be_changed() {
    for signed in all() {
        for at in 0..signed.body.len() * 8 {
            let mut body = signed.body.as_bytes().to_vec();
            body[at / 8] ^= 1 << (at % 8);
            assert!(signed.verified(&signed.headers, &body, signed.at).is_err(), "{:?} {at}", signed.scheme);
        }
        for header in 0..signed.headers.len() {
            let sent = &signed.headers[header].1;
            for at in 0..sent.len() * 8 {
                let mut bytes = sent.clone().into_bytes();
                bytes[at / 8] ^= 1 << (at % 8);
                let mut headers = signed.headers.clone();
                headers[header].1 = String::from_utf8_lossy(&bytes).into_owned();
                let taken = signed.verified(&headers, signed.body.as_bytes(), signed.at).is_ok();
                let same = signed.is_same(&headers[header].1, sent);
                assert_eq!(taken, same, "{:?} {:?}", signed.scheme, headers[header].1);
            }
        }
    }
}

#[test]
fn another_secret_or_algorithm_signs_nothing() {
    for signed in all() {
        let other = Signed { secret: "key2", ..signed };
        assert!(other.as_sent().is_err(), "{:?}", other.scheme);
    }
    let of_another = hmac(Algorithm::Sha256, Encoding::Hex, "", SHA1);
    assert!(of_another.as_sent().is_err());
    let nothing = hmac(Algorithm::Sha256, Encoding::Hex, "", "");
    assert!(nothing.as_sent().is_err());
}

#[test]
fn a_request_is_good_for_a_while() {
    for signed in all().into_iter().filter(Signed::carries_time) {
        let at = |seconds: i64| signed.verified(&signed.headers, signed.body.as_bytes(), signed.at + seconds);
        assert_eq!([at(300), at(-300)], [Ok(()), Ok(())]);
        let late = "the request was signed more than 300 seconds from now".to_owned();
        assert_eq!([at(301), at(-301)], [Err(late.clone()), Err(late)]);
    }
}

#[test]
fn stripe_signs_with_each_secret_that_is_in_use() {
    let signed = stripe();
    let (old, new) = (STRIPE_OLD, STRIPE_NEW);
    let answer =
        |value: &str| signed.verified(&[(STRIPE, value.to_owned())], signed.body.as_bytes(), signed.at);
    assert_eq!(answer(&format!("t=1492774577,v1={old},v1={new},v0={old}")), Ok(()));
    assert_eq!(answer(&format!("v0={old},v1={new},t=1492774577")), Ok(()));
    let many = format!("v1={old},").repeat(super::STRIPE_SIGNATURES_MAX);
    let [wrong, no_time, unreadable] = [
        "the signature in stripe-signature is not that of this request",
        "the header stripe-signature has no single t=<seconds>",
        "the time in stripe-signature has to be seconds since 1970",
    ];
    for (value, said) in [
        (format!("t=1492774577,v1={old}"), wrong),
        (format!("t=1492774577,v0={new}"), wrong),
        ("t=1492774577".to_owned(), wrong),
        (format!("v1={new}"), no_time),
        (format!("t=1492774577,t=1492774577,v1={new}"), no_time),
        (format!("t=+1492774577,v1={new}"), unreadable),
        (format!("t=99999999999999999999,v1={new}"), unreadable),
        (format!("t=1492774577,{many}v1={new}"), wrong),
        (String::new(), no_time),
    ] {
        assert_eq!(answer(&value), Err(said.to_owned()), "{value}");
    }
}

#[test]
fn a_header_is_there_once() {
    for signed in all() {
        for index in 0..signed.headers.len() {
            let mut headers = signed.headers.clone();
            let (name, value) = headers.remove(index);
            let answer = signed.verified(&headers, signed.body.as_bytes(), signed.at);
            assert_eq!(answer, Err(format!("the header {name} is missing")));
            let others = headers.iter().map(|(name, value)| ((*name).to_owned(), json!([value])));
            let twice: Map<_, _> = others.chain([(name.to_owned(), json!([value, value]))]).collect();
            let now = Timestamp::from_millis(signed.at * 1_000);
            let answer = verify(&signed.scheme, signed.secret, &twice, signed.body.as_bytes(), now);
            assert_eq!(answer, Err(format!("the header {name} is there more than once")));
        }
    }
}
