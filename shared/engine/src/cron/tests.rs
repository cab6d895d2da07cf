use std::fmt::Write;

use super::{Cron, written, zone};
use crate::time::Timestamp;

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The dates after a moment, as they are written.
fn dates(cron: &str, with_seconds: bool, zone_name: &str, after: &str, count: usize) -> Vec<String> {
    let (cron, zone) = (Cron::parse(cron, with_seconds).unwrap(), zone(zone_name).unwrap());
    let mut date = moment(after);
    std::iter::from_fn(|| {
        date = cron.next(date, &zone)?;
        Some(written(date, &zone))
    })
    .take(count)
    .collect()
}

#[test]
fn dates_of_patterns() {
    let cases = [
        ("* * * * *", false),
        ("*/15 * * * *", false),
        ("5/15 * * * *", false),
        ("0 9 * * 1", false),
        ("0 9 * * MON-FRI", false),
        ("0 0 * * 0", false),
        ("0 0 * * 7", false),
        ("0 0 13 * 5", false),
        ("0 0 29 2 *", false),
        ("@yearly", false),
        ("@annually", false),
        ("@monthly", false),
        ("@weekly", false),
        ("@daily", false),
        ("@midnight", true),
        ("@Hourly", false),
        ("*/20 * * * * *", true),
    ];
    let mut shown = String::new();
    for (cron, with_seconds) in cases {
        let dates = dates(cron, with_seconds, "UTC", "2024-05-01T10:07:00Z", 3);
        writeln!(shown, "{cron:16} {}", dates.join(" ")).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn last_days_nth_days_and_workdays() {
    // The first of June of 2024 is a Saturday.
    let cases = [
        ("0 0 L * *", "2024-05-31 2024-06-30 2024-07-31"),
        ("0 0 * * 5L", "2024-05-31 2024-06-28 2024-07-26"),
        ("0 0 * * FRI#3", "2024-05-17 2024-06-21 2024-07-19"),
        ("0 0 1W * *", "2024-06-03 2024-07-01 2024-08-01"),
        ("0 0 15W * *", "2024-05-15 2024-06-14 2024-07-15"),
    ];
    for (cron, days) in cases {
        let dates = dates(cron, false, "UTC", "2024-05-01T10:07:00Z", 3);
        let expected: Vec<String> = days.split(' ').map(|day| format!("{day}T00:00:00Z")).collect();
        assert_eq!(dates, expected, "{cron}");
    }
}

#[test]
fn what_is_no_cron_is_refused() {
    let cases = [
        ("", false),
        ("x", false),
        ("* * * *", false),
        ("* * * * * *", false),
        ("* * * * *", true),
        ("60 * * * *", false),
        ("0 24 * * *", false),
        ("0 0 0 * *", false),
        ("0 0 1 13 *", false),
        ("0 0 * * 8", false),
        ("0 0 * * FOO", false),
        ("30-10 * * * *", false),
        ("*/0 * * * *", false),
        ("@never", false),
    ];
    let mut shown = String::new();
    for (cron, with_seconds) in cases {
        writeln!(shown, "{cron:14} {}", Cron::parse(cron, with_seconds).unwrap_err()).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_year_of_days_in_paris_has_one_date_each() {
    for (cron, hour) in [("30 2 * * *", 2), ("0 0 * * *", 0), ("15 12 * * *", 12)] {
        let (cron, paris) = (Cron::parse(cron, false).unwrap(), zone("Europe/Paris").unwrap());
        let mut date = moment("2024-12-31T22:59:59Z");
        let mut day = jiff::civil::date(2025, 1, 1);
        for _ in 0..365 {
            let before = date;
            date = cron.next(date, &paris).unwrap();
            let local = date.to_jiff().to_zoned(paris.clone());
            assert_eq!(local.date(), day);
            let in_gap = hour == 2 && day == jiff::civil::date(2025, 3, 30);
            assert_eq!(local.hour(), if in_gap { 3 } else { hour }, "{local}");
            if before > moment("2024-12-31T23:00:00Z") {
                assert_eq!(cron.previous(date, &paris), Some(before), "{local}");
            }
            day = day.tomorrow().unwrap();
        }
        assert_eq!(day, jiff::civil::date(2026, 1, 1));
    }
}

#[test]
fn an_hour_that_is_missing_and_one_that_comes_twice() {
    let spring = |cron| dates(cron, false, "Europe/Paris", "2025-03-29T23:59:00Z", 3).join(" ");
    let autumn = |cron| dates(cron, false, "Europe/Paris", "2025-10-25T23:59:00Z", 5).join(" ");
    let mut shown = String::new();
    for cron in ["30 2 * * *", "0 * * * *", "*/30 * * * *"] {
        writeln!(shown, "{cron:13} {}\n{:13} {}", spring(cron), "", autumn(cron)).unwrap();
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_day_that_no_year_has_never_comes() {
    let cron = Cron::parse("0 0 31 2 *", false).unwrap();
    assert_eq!(cron.next(moment("2024-01-01T00:00:00Z"), &zone("UTC").unwrap()), None);
}

#[test]
fn fractions_of_a_second_count() {
    let (cron, utc) = (Cron::parse("* * * * *", false).unwrap(), zone("UTC").unwrap());
    for (at, previous, next) in [
        ("10:00:00", "09:59", "10:01"),
        ("10:00:00.001", "10:00", "10:01"),
        ("09:59:59.999", "09:59", "10:00"),
    ] {
        let at = moment(&format!("2024-05-01T{at}Z"));
        let date = |text: &str| Some(moment(&format!("2024-05-01T{text}:00Z")));
        assert_eq!((cron.previous(at, &utc), cron.next(at, &utc)), (date(previous), date(next)), "{at}");
    }
}

#[test]
fn zones_by_name_and_by_offset() {
    for name in ["Europe/Paris", "UTC", "GMT", "Z", "+02:00", "-05:30"] {
        assert!(zone(name).is_some(), "{name}");
    }
    for name in ["", "Mars/Olympus", "+2", "Europe"] {
        assert!(zone(name).is_none(), "{name}");
    }
}
