use engine::time::Timestamp;
use proptest::prelude::*;

use super::{Date, http_date};

fn json(millis: i64) -> String {
    serde_json::to_string(&Date(Timestamp::from_millis(millis))).unwrap()
}

#[test]
fn a_date_has_milliseconds() {
    assert_eq!(json(0), r#""1970-01-01T00:00:00.000Z""#);
    assert_eq!(json(1_720_761_222_140), r#""2024-07-12T05:13:42.140Z""#);
    assert_eq!(json(1_709_164_800_000), r#""2024-02-29T00:00:00.000Z""#);
    assert_eq!(json(-1), r#""1969-12-31T23:59:59.999Z""#);
}

#[test]
fn a_header_has_seconds() {
    let written = |millis| http_date(Timestamp::from_millis(millis));
    assert_eq!(written(0), "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_eq!(written(784_111_777_999), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(written(1_709_251_199_000), "Thu, 29 Feb 2024 23:59:59 GMT");
    assert_eq!(written(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
}

proptest! {
    #[test]
    fn dates_are_those_of_the_calendar_library(millis in -1_000_000_000_000_i64..253_402_207_200_999) {
        prop_assert_eq!(json(millis), format!("\"{}\"", Timestamp::from_millis(millis)));
    }
}
