//! SECRET: kept encrypted, checked in clear, and in no message.

use std::sync::atomic::{AtomicU64, Ordering};

use expression::Key;
use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::{
    flow::{Output, Rendered},
    input::{Validator, type_output},
};

fn secret() -> Kind {
    Kind::Secret { validator: Some(Validator::new("[a-z0-9]+").unwrap()) }
}

fn secrets() -> Kind {
    Kind::Array { item: Box::new(secret()) }
}

fn key() -> Key {
    "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0ISE=".parse().unwrap()
}

/// What becomes of an input with a key.
fn sealed(inputs: Vec<Input>, submitted: &Submitted) -> Result<Map<String, Json>, String> {
    let (flow, key, count) = (flow(inputs), key(), AtomicU64::new(0));
    let ids = || u128::from(count.fetch_add(1, Ordering::Relaxed));
    let seal = Seal { key: Some(&key), ids: &ids };
    let resolution = resolve(&flow, submitted, &Supplied::new(), NOW, seal).expect("nothing is needed");
    resolution.values().map_err(|invalid| invalid.to_string())
}

#[test]
fn without_a_key_it_is_refused_and_not_repeated() {
    assert_snapshot!(table(&secret(), texts(["s3cr3t"])), @"s3cr3t => Invalid input for `x`, Unable to use a `SECRET` input/output as encryption is not configured, but received `******`");
    assert_snapshot!(table(&secrets(), texts([r#"["s3cr3t"]"#])), @r#"["s3cr3t"] => Invalid input for `x`, Unable to use a `SECRET` input/output as encryption is not configured, but received `******`"#);
    assert_snapshot!(values(vec![input("s", secret()), input("t", secret()).optional()], &submitted([])), @"Invalid entity: s: Invalid input for `s`, missing required input, but received `null`");
}

#[test]
fn with_a_key_it_is_kept_encrypted() {
    let inputs = vec![
        input("one", secret()),
        input("all", secrets()),
        input("deep.default", secret()).defaulting(json!("hidden")),
        input("none", secret()).optional(),
    ];
    let values =
        sealed(inputs, &submitted([("one", text("s3cr3t")), ("all", text(r#"["a", "a"]"#))])).unwrap();
    let opened = |value: &Json| {
        assert_eq!(value["type"], "io.kestra.datatype:aes_encrypted");
        key().open(value["value"].as_str().unwrap()).unwrap()
    };
    assert_eq!(opened(&values["one"]), "s3cr3t");
    assert_eq!(opened(&values["deep"]["default"]), "hidden");
    assert_eq!(values["none"], Json::Null);
    assert_eq!((opened(&values["all"][0]), opened(&values["all"][1])), ("a".to_owned(), "a".to_owned()));
    assert_ne!(values["all"][0], values["all"][1]);
}

#[test]
fn its_validator_sees_the_text_and_no_message_shows_it() {
    let said =
        |kind: Kind, sent: Sent| sealed(vec![input("x", kind)], &submitted([("x", sent)])).unwrap_err();
    assert_snapshot!(said(secret(), text("S3CR3T")), @"Invalid entity: x: Invalid input for `x`, it must match the pattern `[a-z0-9]+`, but received `******`");
    for (kind, sent) in [
        (secret(), Sent::Json(json!(["S3CR3T"]))),
        (secret(), Sent::Json(json!({"S3CR3T": 1}))),
        (secrets(), text("S3CR3T")),
        (secrets(), text(r#"{"S3CR3T": 1}"#)),
        (secrets(), text(r#"["S3CR3T"]"#)),
        (secrets(), Sent::Json(json!([{"S3CR3T": 1}]))),
        (secrets(), Sent::Json(json!({"S3CR3T": 1}))),
    ] {
        let said = said(kind, sent);
        assert!(said.contains("******") && !said.contains("S3CR3T"), "{said}");
    }
}

#[test]
fn conditions_see_what_was_sent() {
    let depending = || input("y", string()).optional().depending(&["x"], Some("{{ inputs.x == 's3cr3t' }}"));
    let sent = |x: &str| submitted([("x", text(x)), ("y", text("there"))]);
    assert!(sealed(vec![input("x", secret()), depending()], &sent("s3cr3t")).unwrap().contains_key("y"));
    assert!(!sealed(vec![input("x", secret()), depending()], &sent("other")).unwrap().contains_key("y"));
}

#[test]
fn an_output_says_that_it_is_encrypted() {
    let typed = |kind: Kind, value: Json| {
        let (id, value_of) = ("o".to_owned(), Rendered::Literal(Json::Null));
        let output = Output { id, kind, value: value_of, description: None, display_name: None };
        type_output(&output, &value, Seal { key: Some(&key()), ids: &|| 1 })
    };
    let value = typed(secret(), json!("s3cr3t")).unwrap();
    assert_eq!(value["type"], "io.kestra.datatype:aes_encrypted");
    assert_eq!(key().open(value["value"].as_str().unwrap()).unwrap(), "s3cr3t");
    assert_eq!(typed(secrets(), json!(["s3cr3t"])).unwrap()[0], value);
    assert_eq!(typed(string(), json!("plain")).unwrap(), "plain");
}
