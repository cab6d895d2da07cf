//! Webhook triggers: what is read, and what is refused.

use std::time::Duration;

use super::{HEAD, read, refused};
use crate::flow::{
    TriggerKind, Webhook,
    webhook::{Algorithm, Encoding, Scheme},
};

fn webhook(properties: &str) -> Webhook {
    let source = format!(
        "{HEAD}triggers:\n  - {{id: t, type: io.kestra.plugin.core.trigger.Webhook, key: k{properties}}}\n"
    );
    match read(&source).triggers.into_iter().next().unwrap().kind {
        TriggerKind::Webhook(webhook) => *webhook,
        TriggerKind::Flow(_) | TriggerKind::Schedule(_) => panic!("another trigger"),
    }
}

fn scheme(signature: &str) -> Scheme {
    webhook(&format!(", signature: {{secret: s, {signature}}}")).signature.unwrap().scheme
}

#[test]
fn a_webhook_is_read() {
    let plain = webhook("");
    assert!(plain.inputs.is_none() && plain.signature.is_none() && plain.idempotency_key.is_none());
    assert_eq!((plain.reply.wait, plain.reply.outputs, plain.reply.plain), (false, false, false));
    let full = webhook(
        ", inputs: {a: '{{ trigger.body }}'}, wait: true, returnOutputs: 'true', \
         responseContentType: text/plain, responseCode: 201, idempotencyKey: '{{ trigger.body.id }}'",
    );
    assert_eq!((full.reply.wait, full.reply.outputs, full.reply.plain), (true, true, true));
    assert_eq!(full.reply.code.unwrap().literal(), Some("201"));
    assert!(full.inputs.is_some() && full.idempotency_key.is_some());
    assert!(webhook(", responseCode: '{{ outputs.a.code }}'").reply.code.is_some());
}

#[test]
fn signatures_are_those_of_their_senders() {
    let five_minutes = Duration::from_mins(5);
    assert_eq!(scheme("type: GITHUB"), Scheme::GitHub);
    assert_eq!(scheme("type: STRIPE"), Scheme::Stripe { tolerance: five_minutes });
    assert_eq!(scheme("type: SLACK, tolerance: PT1M"), Scheme::Slack { tolerance: Duration::from_mins(1) });
    assert_eq!(
        scheme("type: HMAC, header: X-Mac"),
        Scheme::Hmac {
            header: "x-mac".to_owned(),
            algorithm: Algorithm::Sha256,
            encoding: Encoding::Hex,
            prefix: String::new()
        }
    );
    assert_eq!(
        scheme("type: HMAC, header: X-Mac, algorithm: SHA512, encoding: BASE64, prefix: 'hmac '"),
        Scheme::Hmac {
            header: "x-mac".to_owned(),
            algorithm: Algorithm::Sha512,
            encoding: Encoding::Base64,
            prefix: "hmac ".to_owned()
        }
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    insta::assert_snapshot!(refused("triggers:
  - id: a
    type: io.kestra.plugin.core.trigger.Webhook
    inputs: [x]
    wait: perhaps
    returnOutputs: 1
    responseContentType: text/html
    responseCode: 99
    idempotencyKey: '{{ | }}'
    signature: {type: GITLAB, header: 'X Mac', tolerance: PT25H, algorithm: MD5, encoding: hex, secrets: x}
  - {id: b, type: io.kestra.plugin.core.trigger.Webhook, key: k, responseCode: soon, signature: {type: GITHUB, secret: '{{ | }}', tolerance: PT1M, header: X-Mac}}
  - {id: c, type: io.kestra.plugin.core.trigger.Webhook, key: k, signature: {type: SLACK, secret: s, tolerance: PT0S, prefix: a}}
  - {id: d, type: io.kestra.plugin.core.trigger.Webhook, key: k, signature: {type: HMAC, secret: s, tolerance: PT1M}}
  - {id: e, type: io.kestra.plugin.core.trigger.Webhook, key: k, signature: s}
"), @r#"
    Illegal flow yaml: triggers[0].key: must not be null (line 7, column 5)
    triggers[0].inputs: a map is expected, but this is a list (line 9, column 13)
    triggers[0].wait: true or false is expected, but this is the text `perhaps` (line 10, column 11)
    triggers[0].returnOutputs: true or false is expected, but this is the number 1 (line 11, column 20)
    triggers[0].responseContentType: invalid webhook: responseContentType must be either 'application/json' or 'text/plain' (line 12, column 26)
    triggers[0].responseCode: must be a whole number between 200 and 599, or an expression (line 13, column 19)
    triggers[0].idempotencyKey: Unexpected token "PUNCTUATION" of value "|" (line 14, column 25)
    triggers[0].signature.secret: must not be null (line 15, column 16)
    triggers[0].signature.type: `GITLAB` is not one of GITHUB, STRIPE, SLACK, HMAC; did you mean "GITHUB"? (line 15, column 23)
    triggers[0].signature.header: must be the name of a header: letters, digits, - and _ (line 15, column 39)
    triggers[0].signature.tolerance: must be more than PT0S and at most PT24H (line 15, column 59)
    triggers[0].signature.algorithm: `MD5` is not one of SHA256, SHA1, SHA512 (line 15, column 77)
    triggers[0].signature.encoding: `hex` is not one of HEX, BASE64; did you mean "HEX"? (line 15, column 92)
    io.kestra.core.models.flows.Flow["triggers"]->java.util.ArrayList[0]->io.kestra.plugin.core.trigger.Webhook["signature"]->Signature["secrets"]: Unrecognized field "secrets" (class Signature), not marked as ignorable (7 known properties: "type", "secret", "tolerance", "header", "algorithm", "encoding", "prefix"); did you mean "secret"? (line 15, column 97)
    triggers[1].responseCode: must be a whole number between 200 and 599, or an expression (line 16, column 80)
    triggers[1].signature.secret: Unexpected token "PUNCTUATION" of value "|" (line 16, column 124)
    triggers[1].signature.tolerance: a signature of this `type` carries no time (line 16, column 131)
    triggers[1].signature.header: belongs to a signature of the `type` HMAC alone (line 16, column 148)
    triggers[2].signature.tolerance: must be more than PT0S and at most PT24H (line 17, column 113)
    triggers[2].signature.prefix: belongs to a signature of the `type` HMAC alone (line 17, column 119)
    triggers[3].signature.header: must not be null (line 18, column 77)
    triggers[3].signature.tolerance: a signature of this `type` carries no time (line 18, column 101)
    triggers[4].signature: a map is expected, but this is the text `s` (line 19, column 77)
    "#);
}
