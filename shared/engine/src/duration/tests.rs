use std::time::Duration;

use proptest::prelude::*;

use super::{format, parse};

#[test]
fn durations_are_read_as_java_reads_them() {
    for (text, millis) in [
        ("PT0S", 0),
        ("PT0.25s", 250),
        ("PT5m", 300_000),
        ("pt1h", 3_600_000),
        ("P1D", 86_400_000),
        ("P1DT1S", 86_401_000),
        ("PT1H2M3.5S", 3_723_500),
        ("PT90M", 5_400_000),
        ("+PT", -1),
        ("30", 30_000),
        ("0.5", 500),
        (" 2 ", 2_000),
    ] {
        let read = parse(text).ok().map(|it| i64::try_from(it.as_millis()).unwrap());
        assert_eq!(read.unwrap_or(-1), millis, "{text}");
    }
}

#[test]
fn what_is_not_a_duration_is_refused() {
    for text in [
        "",
        "P",
        "PT",
        "P1DT",
        "PT5",
        "5m",
        "PT-5S",
        "-PT5S",
        "-5",
        "P1M",
        "PT1S1H",
        "PT1H1H",
        "PTS",
        "P1W",
        "PT1.5H",
        "ten",
        "1e3",
        "PT99999999999999999999S",
        "P999999999999999999D",
        "PT0.1234567890S",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    insta::assert_snapshot!(parse("PT-5S").unwrap_err(), @"`PT-5S` is not a duration such as PT1H30M, P1DT12H, PT0.5S or a number of seconds, not negative");
}

#[test]
fn durations_are_written_as_java_writes_them() {
    let written = [
        Duration::ZERO,
        Duration::from_millis(546),
        Duration::from_nanos(2_939_292),
        Duration::new(3600, 1_000_000),
        Duration::from_secs(90),
        Duration::from_hours(25),
        Duration::from_hours(1),
    ]
    .map(format);
    insta::assert_snapshot!(written.join(" "), @"PT0S PT0.546S PT0.002939292S PT1H0.001S PT1M30S PT25H PT1H");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(seconds in 0..u64::MAX / 2, nanos in 0..1_000_000_000u32) {
        let duration = Duration::new(seconds, nanos);
        prop_assert_eq!(parse(&format(duration)), Ok(duration));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,20}|[pPtT0-9dDhHmMsS.,+-]{0,20}") {
        let _ = parse(&text);
    }
}
