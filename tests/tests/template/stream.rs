//! The table's stream: one bad record must not hold up those behind it.

use serde_json::{Value as Json, json};

use crate::{
    demand,
    expanded::{resources, template},
};

const MAPPING: &str = "AWS::Lambda::EventSourceMapping";
/// The rest of a day that a stream keeps its records is for those who repair.
const AGE_MAX_SECONDS: u64 = 6 * 3600;

#[test]
fn a_bad_record_is_given_up() {
    demand(
        &stuck(template()),
        "Report failures by record, halve failing batches, bound the retries, and say where what is given up goes.",
    );
}

#[test]
fn a_mapping_that_gets_stuck_is_found() {
    let mapping = |properties: Json| json!({"Resources": {"M": {"Type": MAPPING, "Properties": properties}}});
    let stuck_forever = mapping(json!({"StartingPosition": "LATEST"}));
    assert_eq!(
        stuck(&stuck_forever),
        [
            "M: fails as a whole",
            "M: is not halved",
            "M: is tried again and again",
            "M: vanishes",
            "M: starts late"
        ]
    );
}

/// What changed while the mapping was made counts as well, hence from the stream's start.
fn stuck(template: &Json) -> Vec<String> {
    let streams = resources(template, MAPPING).into_iter();
    let streams = streams.filter(|(_, mapping)| mapping.get("StartingPosition").is_some());
    streams.flat_map(|(name, mapping)| problems(mapping).map(move |it| format!("{name}: {it}"))).collect()
}

fn problems(mapping: &Json) -> impl Iterator<Item = &'static str> {
    let reports = mapping["FunctionResponseTypes"] == json!(["ReportBatchItemFailures"]);
    let halves = mapping["BisectBatchOnFunctionError"] == true;
    let tries = mapping["MaximumRetryAttempts"].as_i64().is_some_and(|tries| tries >= 0)
        && mapping["MaximumRecordAgeInSeconds"].as_u64().is_some_and(|age| age <= AGE_MAX_SECONDS);
    let kept = mapping["DestinationConfig"]["OnFailure"]["Destination"].is_object();
    let early = mapping["StartingPosition"] == "TRIM_HORIZON";
    let all = [
        (reports, "fails as a whole"),
        (halves, "is not halved"),
        (tries, "is tried again and again"),
        (kept, "vanishes"),
        (early, "starts late"),
    ];
    all.into_iter().filter(|(right, _)| !right).map(|(_, problem)| problem)
}
