//! STRING, URI and EMAIL.

use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::input::Validator;

#[test]
fn string_takes_texts_and_the_texts_of_scalars() {
    assert_snapshot!(table(&string(), texts(["hello", "", " {{ x }} ", "null"])), @r#"
    hello => "hello"
     => ""
     {{ x }}  => " {{ x }} "
    null => "null"
    "#);
    assert_snapshot!(
        table(&string(), jsons([json!("hello"), json!(1.50), json!(true), json!(null), json!([1]), json!({"a": "b"})])),
        @r#"
    json "hello" => "hello"
    json 1.5 => "1.5"
    json true => "true"
    json null => Invalid input for `x`, missing required input, but received `null`
    json [1] => Invalid input for `x`, java.lang.Exception: Expected `STRING` but received `[1]` with errors:
    ```
    it must be a text, not a list or a map
    ```, but received `[1]`
    json {"a":"b"} => Invalid input for `x`, java.lang.Exception: Expected `STRING` but received `{"a":"b"}` with errors:
    ```
    it must be a text, not a list or a map
    ```, but received `{"a":"b"}`
    "#
    );
}

#[test]
fn a_validator_matches_the_whole_text() {
    let validated = |pattern| Kind::String { validator: Some(Validator::new(pattern).unwrap()) };
    assert_snapshot!(table(&validated(r"A\d+"), texts(["A123", "A", "B1", "xA1", "A1x", "A1\n"])), @r#"
    A123 => "A123"
    A => Invalid input for `x`, it must match the pattern `A\d+`, but received `A`
    B1 => Invalid input for `x`, it must match the pattern `A\d+`, but received `B1`
    xA1 => Invalid input for `x`, it must match the pattern `A\d+`, but received `xA1`
    A1x => Invalid input for `x`, it must match the pattern `A\d+`, but received `A1x`
    A1
     => Invalid input for `x`, it must match the pattern `A\d+`, but received `A1
    `
    "#);
    assert_snapshot!(table(&validated("a|ab"), texts(["a", "ab", "abc"])), @r#"
    a => "a"
    ab => "ab"
    abc => Invalid input for `x`, it must match the pattern `a|ab`, but received `abc`
    "#);
    assert_snapshot!(Validator::new("a)|(b").unwrap_err(), @r"
    regex parse error:
        a)|(b
         ^
    error: unopened group
    ");
    assert_snapshot!(Validator::new("(?=a)").unwrap_err(), @r"
    regex parse error:
        (?=a)
        ^^^
    error: look-around, including look-ahead and look-behind, is not supported
    ");
}

#[test]
fn uri_and_email_follow_patterns() {
    assert_snapshot!(
        table(&Kind::Uri, texts(["https://www.google.com", "ftp://a.b/c?d=e#f", "s3://a.b", "http:/bla", "http://localhost:8080", "x http://a.b", ""])),
        @r#"
    https://www.google.com => "https://www.google.com"
    ftp://a.b/c?d=e#f => "ftp://a.b/c?d=e#f"
    s3://a.b => Invalid input for `x`, Expected `URI` but received `s3://a.b`, but received `s3://a.b`
    http:/bla => Invalid input for `x`, Expected `URI` but received `http:/bla`, but received `http:/bla`
    http://localhost:8080 => Invalid input for `x`, Expected `URI` but received `http://localhost:8080`, but received `http://localhost:8080`
    x http://a.b => Invalid input for `x`, Expected `URI` but received `x http://a.b`, but received `x http://a.b`
     => Invalid input for `x`, Expected `URI` but received ``, but received ``
    "#
    );
    assert_snapshot!(table(&Kind::Email, texts(["a.b+c@example.com", "", "o’neil@x", "a@", "a@b c", "@b"])), @r#"
    a.b+c@example.com => "a.b+c@example.com"
     => ""
    o’neil@x => "o’neil@x"
    a@ => Invalid input for `x`, The input must be a valid email, but received `a@`
    a@b c => Invalid input for `x`, The input must be a valid email, but received `a@b c`
    @b => Invalid input for `x`, The input must be a valid email, but received `@b`
    "#);
}
