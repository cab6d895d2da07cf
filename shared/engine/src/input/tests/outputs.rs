//! Flow outputs are given their types by the rules of inputs.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::{
    flow::{Output, Rendered},
    input::type_output,
};

fn typed(kind: Kind, value: &Json) -> String {
    let output = Output {
        id: "o".to_owned(),
        kind,
        value: Rendered::Literal(Json::Null),
        description: None,
        display_name: None,
    };
    match type_output(&output, value, NO_SEAL) {
        Ok(value) => value.to_string(),
        Err(message) => message,
    }
}

#[test]
fn a_text_is_parsed_and_a_value_of_the_type_taken() {
    assert_snapshot!(typed(int(), &json!("42")), @"42");
    assert_snapshot!(typed(int(), &json!(42)), @"42");
    assert_snapshot!(typed(string(), &json!(42)), @r#""42""#);
    assert_snapshot!(typed(Kind::Json, &json!("{\"a\": 1}")), @r#"{"a":1}"#);
    assert_snapshot!(typed(Kind::Json, &json!({"a": 1})), @r#"{"a":1}"#);
    assert_snapshot!(typed(Kind::Array { item: Box::new(string()) }, &json!(["a", "b"])), @r#"["a","b"]"#);
    assert_snapshot!(typed(Kind::File { extension: ".upl".to_owned() }, &json!("kestra:///a/b.txt")), @r#""kestra:///a/b.txt""#);
}

#[test]
fn null_stays_null() {
    assert_snapshot!(typed(int(), &json!(null)), @"null");
    assert_snapshot!(typed(Kind::Secret { validator: None }, &json!(null)), @"null");
}

#[test]
fn a_select_that_declares_no_values_takes_any() {
    assert_snapshot!(typed(select(&[]), &json!("x")), @r#""x""#);
    assert_snapshot!(typed(Kind::Enum { values: Vec::new() }, &json!("x")), @r#""x""#);
}

#[test]
fn what_is_not_of_the_type_is_refused() {
    assert_snapshot!(typed(int(), &json!("x")), @r#"Invalid output for `o`, For input string: "x", but received `x`"#);
    assert_snapshot!(typed(int(), &json!("")), @r#"Invalid output for `o`, For input string: "", but received ``"#);
    assert_snapshot!(typed(Kind::Json, &json!("{")), @r"
    Invalid output for `o`, java.lang.Exception: Expected `JSON` but received `{` with errors:
    ```
    EOF while parsing an object at line 1 column 1
    ```, but received `{`
    ");
    assert_snapshot!(typed(Kind::File { extension: ".upl".to_owned() }, &json!("/tmp/x")), @"Invalid output for `o`, a `FILE` has to be sent as a file, or as the `kestra://` URI of a stored one, but received `/tmp/x`");
    assert_snapshot!(typed(Kind::Secret { validator: None }, &json!("s3cr3t")), @"Invalid output for `o`, Unable to use a `SECRET` input/output as encryption is not configured, but received `******`");
}
