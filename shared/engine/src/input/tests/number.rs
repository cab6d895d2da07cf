//! INT and FLOAT.

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn int_is_of_32_bits() {
    assert_snapshot!(
        table(&int(), texts(["42", "-1", "+7", "2147483647", "-2147483648", "2147483648", "42.0", "", " 1", "0x1F", "abc"])),
        @r#"
    42 => 42
    -1 => -1
    +7 => 7
    2147483647 => 2147483647
    -2147483648 => -2147483648
    2147483648 => Invalid input for `x`, For input string: "2147483648", but received `2147483648`
    42.0 => Invalid input for `x`, For input string: "42.0", but received `42.0`
     => Invalid input for `x`, For input string: "", but received ``
     1 => Invalid input for `x`, For input string: " 1", but received ` 1`
    0x1F => Invalid input for `x`, For input string: "0x1F", but received `0x1F`
    abc => Invalid input for `x`, For input string: "abc", but received `abc`
    "#
    );
    assert_snapshot!(table(&int(), jsons([json!(42), json!("42"), json!(4.5), json!(3_000_000_000_u64), json!(true), json!([1])])), @r#"
    json 42 => 42
    json "42" => 42
    json 4.5 => Invalid input for `x`, For input string: "4.5", but received `4.5`
    json 3000000000 => Invalid input for `x`, For input string: "3000000000", but received `3000000000`
    json true => Invalid input for `x`, For input string: "true", but received `true`
    json [1] => Invalid input for `x`, For input string: "[1]", but received `[1]`
    "#);
    let bounded = Kind::Int { min: Some(10), max: Some(20) };
    assert_snapshot!(table(&bounded, texts(["9", "10", "20", "21"])), @r"
    9 => Invalid input for `x`, it must be more than `10`, but received `9`
    10 => 10
    20 => 20
    21 => Invalid input for `x`, it must be less than `20`, but received `21`
    ");
}

#[test]
fn float_prints_its_shortest_text() {
    let float = Kind::Float { min: None, max: None };
    assert_snapshot!(
        table(&float, texts(["42.42", "1", "-0.1", "1e10", " 1.5 ", "16777217", "3.4028235e38", "1e39", "1e-50", "NaN", "Infinity", "1,5", ""])),
        @r#"
    42.42 => 42.42
    1 => 1.0
    -0.1 => -0.1
    1e10 => 10000000000.0
     1.5  => 1.5
    16777217 => 16777216.0
    3.4028235e38 => 3.4028235e+38
    1e39 => Invalid input for `x`, For input string: "1e39", but received `1e39`
    1e-50 => 0.0
    NaN => Invalid input for `x`, For input string: "NaN", but received `NaN`
    Infinity => Invalid input for `x`, For input string: "Infinity", but received `Infinity`
    1,5 => Invalid input for `x`, For input string: "1,5", but received `1,5`
     => Invalid input for `x`, For input string: "", but received ``
    "#
    );
    assert_snapshot!(table(&float, jsons([json!(42.42), json!(42), json!("0.1"), json!({})])), @r#"
    json 42.42 => 42.42
    json 42 => 42.0
    json "0.1" => 0.1
    json {} => Invalid input for `x`, For input string: "{}", but received `{}`
    "#);
    let bounded = Kind::Float { min: Some(0.1), max: Some(0.5) };
    assert_snapshot!(table(&bounded, texts(["0.01", "0.1", "0.5", "1.01"])), @r"
    0.01 => Invalid input for `x`, it must be more than `0.1`, but received `0.01`
    0.1 => 0.1
    0.5 => 0.5
    1.01 => Invalid input for `x`, it must be less than `0.5`, but received `1.01`
    ");
}
