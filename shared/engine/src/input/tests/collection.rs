//! JSON, YAML and ARRAY.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn json_reads_texts_and_takes_values() {
    assert_snapshot!(table(&Kind::Json, texts([r#"{"a": "b"}"#, "{}", "[1, 2.50]", "null", "\"x\"", "{'a': 1}", "hello", "{} {}", ""])), @r#"
    {"a": "b"} => {"a":"b"}
    {} => {}
    [1, 2.50] => [1,2.5]
    null => null
    "x" => "x"
    {'a': 1} => Invalid input for `x`, java.lang.Exception: Expected `JSON` but received `{'a': 1}` with errors:
    ```
    key must be a string at line 1 column 2
    ```, but received `{'a': 1}`
    hello => Invalid input for `x`, java.lang.Exception: Expected `JSON` but received `hello` with errors:
    ```
    expected value at line 1 column 1
    ```, but received `hello`
    {} {} => Invalid input for `x`, java.lang.Exception: Expected `JSON` but received `{} {}` with errors:
    ```
    trailing characters at line 1 column 4
    ```, but received `{} {}`
     => Invalid input for `x`, java.lang.Exception: Expected `JSON` but received `` with errors:
    ```
    EOF while parsing a value at line 1 column 0
    ```, but received ``
    "#);
    assert_snapshot!(table(&Kind::Json, jsons([json!({"b": [1], "a": null}), json!([]), json!(1), json!("{\"a\":1}"), json!("hello")])), @r#"
    json {"b":[1],"a":null} => {"b":[1],"a":null}
    json [] => []
    json 1 => 1
    json "{\"a\":1}" => {"a":1}
    json "hello" => Invalid input for `x`, java.lang.Exception: Expected `JSON` but received `hello` with errors:
    ```
    expected value at line 1 column 1
    ```, but received `hello`
    "#);
}

#[test]
fn yaml_reads_texts_and_takes_values() {
    assert_snapshot!(table(&Kind::Yaml, texts(["some: property\nalist:\n- of\n- values", "{}", "hello", "a: 1\na: 2", "a: [1", ""])), @r#"
    some: property
    alist:
    - of
    - values => {"some":"property","alist":["of","values"]}
    {} => {}
    hello => "hello"
    a: 1
    a: 2 => Invalid input for `x`, java.lang.Exception: Expected `YAML` but received `a: 1
    a: 2` with errors:
    ```
    Duplicate field 'a' (line 2, column 1)
    ```, but received `a: 1
    a: 2`
    a: [1 => Invalid input for `x`, java.lang.Exception: Expected `YAML` but received `a: [1` with errors:
    ```
    unclosed bracket '[' (line 1, column 4)
    ```, but received `a: [1`
     => null
    "#);
    assert_snapshot!(table(&Kind::Yaml, jsons([json!({"property": "something"}), json!("a: 1")])), @r#"
    json {"property":"something"} => {"property":"something"}
    json "a: 1" => {"a":1}
    "#);
}

#[test]
fn array_reads_each_element_by_its_type() {
    let array = |item| Kind::Array { item: Box::new(item) };
    assert_snapshot!(
        table(&array(int()), texts(["[1, 2, 3]", r#"["1", 2]"#, "[]", r#"["s1", "s2"]"#, "[1, null]", "[[1]]", "1,2", "{}", "5"])),
        @r#"
    [1, 2, 3] => [1,2,3]
    ["1", 2] => [1,2]
    [] => []
    ["s1", "s2"] => Invalid input for `x`, Unable to parse array element as `INT` on `s1`, but received `["s1", "s2"]`
    [1, null] => Invalid input for `x`, Unable to parse array element as `INT` on `null`, but received `[1, null]`
    [[1]] => Invalid input for `x`, Unable to parse array element as `INT` on `[1]`, but received `[[1]]`
    1,2 => Invalid input for `x`, java.lang.Exception: Expected `ARRAY` but received `1,2` with errors:
    ```
    trailing characters at line 1 column 2
    ```, but received `1,2`
    {} => Invalid input for `x`, java.lang.Exception: Expected `ARRAY` but received `{}` with errors:
    ```
    it must be a list, such as ["a", "b"]
    ```, but received `{}`
    5 => Invalid input for `x`, java.lang.Exception: Expected `ARRAY` but received `5` with errors:
    ```
    it must be a list, such as ["a", "b"]
    ```, but received `5`
    "#
    );
    assert_snapshot!(table(&array(string()), jsons([json!(["a", 1, true]), json!("[\"a\"]"), json!([["a"]]), json!({"a": 1}), json!(1)])), @r#"
    json ["a",1,true] => ["a","1","true"]
    json "[\"a\"]" => ["a"]
    json [["a"]] => Invalid input for `x`, Unable to parse array element as `STRING` on `["a"]`, but received `[["a"]]`
    json {"a":1} => Invalid input for `x`, java.lang.Exception: Expected `ARRAY` but received `{"a":1}` with errors:
    ```
    it must be a list
    ```, but received `{"a":1}`
    json 1 => Invalid input for `x`, java.lang.Exception: Expected `ARRAY` but received `1` with errors:
    ```
    it must be a list
    ```, but received `1`
    "#);
    assert_snapshot!(table(&array(Kind::Json), jsons([json!([{"a": 1}, null, "[1]", "x"])])), @r#"json [{"a":1},null,"[1]","x"] => [{"a":1},null,"[1]","x"]"#);
    let date = Kind::Date { after: None, before: None };
    assert_snapshot!(table(&array(date), texts([r#"["2024-07-12"]"#, r#"["x"]"#])), @r#"
    ["2024-07-12"] => ["2024-07-12"]
    ["x"] => Invalid input for `x`, Unable to parse array element as `DATE` on `x`, but received `["x"]`
    "#);
}
