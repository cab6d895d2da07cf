//! The form `CloudWatch` reads: every name under `Metrics` is a number beside it, every dimension a text.

use super::*;

fn report(values: &[(Metric, u64)], properties: &[(&str, String)]) -> String {
    let at = Timestamp::from_millis(1_700_000_000_000);
    Report { at, stage: "dev", function: "api", values, properties }.line()
}

#[test]
fn an_invocation_is_one_line() {
    let values = [
        (Metric::Duration, 12),
        (Metric::ColdStarts, 1),
        (Metric::Ended(State::Success), 1),
        (Metric::StoreConflicts, 2),
    ];
    let line = report(&values, &[("requestId", "8476a536".to_owned()), ("status", "200".to_owned())]);
    assert!(!line.contains('\n'), "a line is one metric document");
    let document: Json = serde_json::from_str(&line).expect("it is JSON");
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).expect("it is JSON"), @r#"
    {
      "_aws": {
        "Timestamp": 1700000000000,
        "CloudWatchMetrics": [
          {
            "Namespace": "Roundtrip",
            "Dimensions": [
              [
                "Stage",
                "Function"
              ]
            ],
            "Metrics": [
              {
                "Name": "Duration",
                "Unit": "Milliseconds"
              },
              {
                "Name": "ColdStarts",
                "Unit": "Count"
              },
              {
                "Name": "ExecutionsSuccess",
                "Unit": "Count"
              },
              {
                "Name": "StoreConflicts",
                "Unit": "Count"
              }
            ]
          }
        ]
      },
      "Stage": "dev",
      "Function": "api",
      "Duration": 12,
      "ColdStarts": 1,
      "ExecutionsSuccess": 1,
      "StoreConflicts": 2,
      "requestId": "8476a536",
      "status": "200"
    }
    "#);
}

#[test]
fn what_is_declared_is_there() {
    let line = report(&[(Metric::QueueAge, 250), (Metric::RecordsFailed, 1)], &[]);
    let document: Json = serde_json::from_str(&line).expect("it is JSON");
    let directive = &document["_aws"]["CloudWatchMetrics"][0];
    for metric in directive["Metrics"].as_array().expect("a list") {
        assert!(document[metric["Name"].as_str().expect("a name")].is_u64(), "{metric} has no value");
    }
    for dimension in directive["Dimensions"][0].as_array().expect("a list") {
        assert!(document[dimension.as_str().expect("a name")].is_string(), "{dimension} has no value");
    }
}

#[test]
fn a_text_cannot_break_the_line() {
    let line = report(&[(Metric::Duration, 1)], &[("path", "/a\"b\nc".to_owned())]);
    let document: Json = serde_json::from_str(&line).expect("it is JSON");
    assert_eq!(document["path"], "/a\"b\nc");
    assert!(!line.contains('\n'));
}
