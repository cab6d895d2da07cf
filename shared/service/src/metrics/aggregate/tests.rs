//! Steps, where they begin, and what comes of them.

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// How long a step is, how many there are, and where the first two and the last begin.
fn steps(from: &str, to: &str, zone: &str) -> String {
    let steps = Steps::of(&(at(from)..=at(to)), &TimeZone::get(zone).unwrap()).unwrap();
    let start = |index: usize| steps.starts[index].to_string();
    let last = steps.starts.len() - 1;
    format!("{} {}: {} {} … {}", steps.group_by.name(), last + 1, start(0), start(1), start(last))
}

#[test]
fn a_step_is_as_long_as_the_time_asks_for() {
    let from = "2024-01-31T10:20:30Z";
    let shown = [
        (
            "2024-01-31T10:25:30Z",
            "minute 6: 2024-01-31T10:20:00.000Z 2024-01-31T10:21:00.000Z … 2024-01-31T10:25:00.000Z",
        ),
        (
            "2024-01-31T16:20:30Z",
            "minute 361: 2024-01-31T10:20:00.000Z 2024-01-31T10:21:00.000Z … 2024-01-31T16:20:00.000Z",
        ),
        (
            "2024-01-31T17:20:30Z",
            "hour 8: 2024-01-31T10:00:00.000Z 2024-01-31T11:00:00.000Z … 2024-01-31T17:00:00.000Z",
        ),
        (
            "2024-02-02T10:20:29Z",
            "hour 49: 2024-01-31T10:00:00.000Z 2024-01-31T11:00:00.000Z … 2024-02-02T10:00:00.000Z",
        ),
        (
            "2024-02-02T10:20:30Z",
            "day 3: 2024-01-31T00:00:00.000Z 2024-02-01T00:00:00.000Z … 2024-02-02T00:00:00.000Z",
        ),
        (
            "2024-07-29T10:20:30Z",
            "day 181: 2024-01-31T00:00:00.000Z 2024-02-01T00:00:00.000Z … 2024-07-29T00:00:00.000Z",
        ),
        (
            "2024-07-30T10:20:30Z",
            "week 27: 2024-01-29T00:00:00.000Z 2024-02-05T00:00:00.000Z … 2024-07-29T00:00:00.000Z",
        ),
        (
            "2025-01-30T10:20:30Z",
            "week 53: 2024-01-29T00:00:00.000Z 2024-02-05T00:00:00.000Z … 2025-01-27T00:00:00.000Z",
        ),
        (
            "2025-01-31T10:20:30Z",
            "month 13: 2024-01-01T00:00:00.000Z 2024-02-01T00:00:00.000Z … 2025-01-01T00:00:00.000Z",
        ),
    ];
    for (to, expected) in shown {
        assert_eq!(steps(from, to, "UTC"), expected);
    }
}

#[test]
fn steps_begin_when_clocks_of_the_zone_say_so() {
    let shown = [
        // The clocks are put back on 27 October.
        (
            ("2024-10-25T10:00:00Z", "2024-10-28T10:00:00Z", "Europe/Berlin"),
            "day 4: 2024-10-24T22:00:00.000Z 2024-10-25T22:00:00.000Z … 2024-10-27T23:00:00.000Z",
        ),
        (
            ("2024-10-26T22:10:00Z", "2024-10-27T05:20:00Z", "Europe/Berlin"),
            "hour 8: 2024-10-26T22:00:00.000Z 2024-10-26T23:00:00.000Z … 2024-10-27T05:00:00.000Z",
        ),
        (
            ("2024-06-01T00:10:00Z", "2024-06-01T09:10:00Z", "Asia/Kolkata"),
            "hour 10: 2024-05-31T23:30:00.000Z 2024-06-01T00:30:00.000Z … 2024-06-01T08:30:00.000Z",
        ),
        (
            ("2024-01-01T22:59:00Z", "2025-06-01T00:00:00Z", "Europe/Berlin"),
            "month 18: 2023-12-31T23:00:00.000Z 2024-01-31T23:00:00.000Z … 2025-05-31T22:00:00.000Z",
        ),
    ];
    for ((from, to, zone), expected) in shown {
        assert_eq!(steps(from, to, zone), expected);
    }
}

#[test]
fn each_step_has_what_was_measured_in_it() {
    let time = at("2024-01-01T12:00:00Z")..=at("2024-01-04T11:00:00Z");
    let values = |aggregation| {
        let mut steps = Steps::of(&time, &TimeZone::UTC).unwrap();
        for (when, value) in [
            ("2024-01-01T12:00:00Z", -1.0),
            ("2024-01-02T00:00:00Z", 3.0),
            ("2024-01-02T23:59:59.999Z", 6.0),
            ("2024-01-04T11:00:00Z", 0.5),
        ] {
            steps.add(at(when), value);
        }
        steps.add(at("2023-12-31T23:59:59Z"), 100.0);
        steps.aggregated(aggregation).values.into_iter().map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert_eq!(values(Aggregation::Sum), [-1.0, 9.0, 0.0, 0.5]);
    assert_eq!(values(Aggregation::Avg), [-1.0, 4.5, 0.0, 0.5]);
    assert_eq!(values(Aggregation::Min), [-1.0, 3.0, 0.0, 0.5]);
    assert_eq!(values(Aggregation::Max), [-1.0, 6.0, 0.0, 0.5]);
}

#[test]
fn steps_are_limited() {
    let many = |from: &str| Steps::of(&(at(from)..=at("2024-01-01T00:00:00Z")), &TimeZone::UTC);
    assert_eq!(many("1940-10-01T00:00:00Z").unwrap().starts.len(), METRIC_STEPS_MAX);
    let refused = many("1940-09-30T00:00:00Z").unwrap_err();
    assert!(refused.starts_with("the time has more than 1000 steps of a month"), "{refused}");
}
