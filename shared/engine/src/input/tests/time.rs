//! DATETIME, DATE, TIME and DURATION.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;

use super::*;

#[test]
fn date_time_becomes_an_instant() {
    let free = Kind::DateTime { after: None, before: None };
    assert_snapshot!(
        table(
            &free,
            texts([
                "2019-10-06T18:27:49Z",
                "2023-12-24T23:00:00.000Z",
                "2023-12-24T23:00:00.5+02:00",
                "2023-12-24T23:00:00.000001Z",
                "2023-12-24T23:00:00.000000001Z",
                "1969-12-31T23:59:59.9Z",
                "2023-12-24T23:00:00",
                "2023-02-30T00:00:00Z",
                "2023-12-24",
                "",
            ])
        ),
        @r#"
    2019-10-06T18:27:49Z => "2019-10-06T18:27:49Z"
    2023-12-24T23:00:00.000Z => "2023-12-24T23:00:00Z"
    2023-12-24T23:00:00.5+02:00 => "2023-12-24T21:00:00.500Z"
    2023-12-24T23:00:00.000001Z => "2023-12-24T23:00:00.000001Z"
    2023-12-24T23:00:00.000000001Z => "2023-12-24T23:00:00.000000001Z"
    1969-12-31T23:59:59.9Z => "1969-12-31T23:59:59.900Z"
    2023-12-24T23:00:00 => Invalid input for `x`, java.lang.Exception: Expected `DATETIME` but received `2023-12-24T23:00:00` with errors:
    ```
    it must be a moment such as 2024-07-12T05:13:42Z
    ```, but received `2023-12-24T23:00:00`
    2023-02-30T00:00:00Z => Invalid input for `x`, java.lang.Exception: Expected `DATETIME` but received `2023-02-30T00:00:00Z` with errors:
    ```
    it must be a moment such as 2024-07-12T05:13:42Z
    ```, but received `2023-02-30T00:00:00Z`
    2023-12-24 => Invalid input for `x`, java.lang.Exception: Expected `DATETIME` but received `2023-12-24` with errors:
    ```
    it must be a moment such as 2024-07-12T05:13:42Z
    ```, but received `2023-12-24`
     => Invalid input for `x`, java.lang.Exception: Expected `DATETIME` but received `` with errors:
    ```
    it must be a moment such as 2024-07-12T05:13:42Z
    ```, but received ``
    "#
    );
    let bounded = Kind::DateTime {
        after: Some("2023-01-01T00:00:00Z".parse().unwrap()),
        before: Some("2023-12-31T23:59:59Z".parse().unwrap()),
    };
    assert_snapshot!(
        table(
            &bounded,
            texts(["2022-12-31T23:59:59Z", "2023-01-01T00:00:00Z", "2023-12-31T23:59:59Z", "2024-01-01T00:00:00Z"])
        ),
        @r#"
    2022-12-31T23:59:59Z => Invalid input for `x`, it must be after `2023-01-01T00:00:00Z`, but received `2022-12-31T23:59:59Z`
    2023-01-01T00:00:00Z => "2023-01-01T00:00:00Z"
    2023-12-31T23:59:59Z => "2023-12-31T23:59:59Z"
    2024-01-01T00:00:00Z => Invalid input for `x`, it must be before `2023-12-31T23:59:59Z`, but received `2024-01-01T00:00:00Z`
    "#
    );
}

#[test]
fn date_and_time_are_local() {
    let date = Kind::Date {
        after: Some("2023-01-01".parse().unwrap()),
        before: Some("2023-12-31".parse().unwrap()),
    };
    assert_snapshot!(
        table(
            &date,
            texts(["2023-01-01", "2023-12-31", "2022-01-01", "2024-01-01", "2023-02-30", "20230102", "2023-1-2", "2023-01-02T03:04:05Z", ""])
        ),
        @r#"
    2023-01-01 => "2023-01-01"
    2023-12-31 => "2023-12-31"
    2022-01-01 => Invalid input for `x`, it must be after `2023-01-01`, but received `2022-01-01`
    2024-01-01 => Invalid input for `x`, it must be before `2023-12-31`, but received `2024-01-01`
    2023-02-30 => Invalid input for `x`, java.lang.Exception: Expected `DATE` but received `2023-02-30` with errors:
    ```
    it must be a date such as 2024-07-12
    ```, but received `2023-02-30`
    20230102 => Invalid input for `x`, java.lang.Exception: Expected `DATE` but received `20230102` with errors:
    ```
    it must be a date such as 2024-07-12
    ```, but received `20230102`
    2023-1-2 => Invalid input for `x`, java.lang.Exception: Expected `DATE` but received `2023-1-2` with errors:
    ```
    it must be a date such as 2024-07-12
    ```, but received `2023-1-2`
    2023-01-02T03:04:05Z => Invalid input for `x`, java.lang.Exception: Expected `DATE` but received `2023-01-02T03:04:05Z` with errors:
    ```
    it must be a date such as 2024-07-12
    ```, but received `2023-01-02T03:04:05Z`
     => Invalid input for `x`, java.lang.Exception: Expected `DATE` but received `` with errors:
    ```
    it must be a date such as 2024-07-12
    ```, but received ``
    "#
    );
    let time =
        Kind::Time { after: Some("01:00:00".parse().unwrap()), before: Some("11:59:59".parse().unwrap()) };
    assert_snapshot!(
        table(
            &time,
            texts(["01:00", "11:59:59", "11:27:49.250", "00:00:01", "14:00:00", "24:00", "1:00", "10", "T10:00", "10:00Z", "1é:00", ""])
        ),
        @r#"
    01:00 => "01:00:00"
    11:59:59 => "11:59:59"
    11:27:49.250 => "11:27:49.25"
    00:00:01 => Invalid input for `x`, it must be after `01:00`, but received `00:00:01`
    14:00:00 => Invalid input for `x`, it must be before `11:59:59`, but received `14:00:00`
    24:00 => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `24:00` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `24:00`
    1:00 => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `1:00` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `1:00`
    10 => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `10` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `10`
    T10:00 => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `T10:00` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `T10:00`
    10:00Z => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `10:00Z` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `10:00Z`
    1é:00 => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `1é:00` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received `1é:00`
     => Invalid input for `x`, java.lang.Exception: Expected `TIME` but received `` with errors:
    ```
    it must be a time such as 05:13 or 05:13:42.5
    ```, but received ``
    "#
    );
}

#[test]
fn duration_is_kept_as_java_writes_it() {
    let free = Kind::Duration { min: None, max: None };
    assert_snapshot!(
        table(&free, texts(["PT5M6S", "P1DT1S", "pt0.25s", "90", "PT0S", "-PT1S", "P1Y", "5m", ""])),
        @r#"
    PT5M6S => "PT5M6S"
    P1DT1S => "PT24H1S"
    pt0.25s => "PT0.25S"
    90 => "PT1M30S"
    PT0S => "PT0S"
    -PT1S => Invalid input for `x`, java.lang.Exception: Expected `DURATION` but received `-PT1S` with errors:
    ```
    it must be a duration such as PT1H30M
    ```, but received `-PT1S`
    P1Y => Invalid input for `x`, java.lang.Exception: Expected `DURATION` but received `P1Y` with errors:
    ```
    it must be a duration such as PT1H30M
    ```, but received `P1Y`
    5m => Invalid input for `x`, java.lang.Exception: Expected `DURATION` but received `5m` with errors:
    ```
    it must be a duration such as PT1H30M
    ```, but received `5m`
     => Invalid input for `x`, java.lang.Exception: Expected `DURATION` but received `` with errors:
    ```
    it must be a duration such as PT1H30M
    ```, but received ``
    "#
    );
    assert_snapshot!(table(&free, jsons([json!(306), json!(306.5), json!([])])), @r#"
    json 306 => "PT5M6S"
    json 306.5 => "PT5M6.5S"
    json [] => Invalid input for `x`, java.lang.Exception: Expected `DURATION` but received `[]` with errors:
    ```
    it must be a duration such as PT1H30M
    ```, but received `[]`
    "#);
    let bounded = Kind::Duration { min: Some(Duration::from_secs(10)), max: Some(Duration::from_secs(20)) };
    assert_snapshot!(table(&bounded, texts(["PT1S", "PT10S", "PT20S", "PT30S"])), @r#"
    PT1S => Invalid input for `x`, It must be more than `PT10S`, but received `PT1S`
    PT10S => "PT10S"
    PT20S => "PT20S"
    PT30S => Invalid input for `x`, It must be less than `PT20S`, but received `PT30S`
    "#);
}
