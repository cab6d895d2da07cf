//! Days that were holidays, and days that only look like one.

use jiff::civil::date;

use super::*;

fn has(place: &str, day: &str) -> bool {
    let (country, region) = place.split_once('-').map_or((place, None), |(country, it)| (country, Some(it)));
    let calendar = Calendar::find(country, region).unwrap_or_else(|error| panic!("{error}"));
    calendar.has(day.parse().unwrap())
}

/// Whether each of these days is a holiday in a country, or a part of it.
fn check(expected: bool, days: &[(&str, &str)]) {
    for (place, days) in days {
        for day in days.split_whitespace() {
            assert_eq!(has(place, day), expected, "{place} {day}");
        }
    }
}

/// The days of a year that are no Sunday, as law gazettes list them.
fn of_year(place: &str, year: i16) -> String {
    let days = date(year, 1, 1).series(jiff::ToSpan::day(1)).take_while(|it| it.year() == year);
    let days = days.filter(|it| it.weekday() != jiff::civil::Weekday::Sunday);
    let days = days.filter(|it| has(place, &it.to_string()));
    days.map(|it| format!("{}.{}", it.day(), it.month())).collect::<Vec<_>>().join(" ")
}

#[test]
fn whole_years() {
    let years = [
        ("AT", 2024, "1.1 6.1 1.4 1.5 9.5 20.5 30.5 15.8 26.10 1.11 25.12 26.12"),
        ("BE", 2024, "1.1 1.4 1.5 9.5 20.5 15.8 1.11 11.11 25.12"),
        ("BR", 2024, "1.1 29.3 1.5 7.9 12.10 2.11 15.11 20.11 25.12"),
        ("CZ", 2024, "1.1 29.3 1.4 1.5 8.5 5.7 6.7 28.9 28.10 24.12 25.12 26.12"),
        ("DE", 2025, "1.1 18.4 21.4 1.5 29.5 9.6 3.10 25.12 26.12"),
        ("DE-BY", 2025, "1.1 6.1 18.4 21.4 1.5 29.5 9.6 19.6 3.10 1.11 25.12 26.12"),
        ("DE-SN", 2025, "1.1 18.4 21.4 1.5 29.5 9.6 3.10 31.10 19.11 25.12 26.12"),
        ("DK", 2023, "6.4 7.4 10.4 5.5 18.5 29.5 25.12 26.12"),
        ("DK", 2024, "1.1 28.3 29.3 1.4 9.5 20.5 25.12 26.12"),
        ("ES", 2024, "1.1 6.1 29.3 1.5 15.8 12.10 1.11 6.12 25.12"),
        ("FI", 2025, "1.1 6.1 18.4 21.4 1.5 29.5 20.6 21.6 1.11 6.12 24.12 25.12 26.12"),
        ("FR", 2024, "1.1 1.4 1.5 8.5 9.5 20.5 15.8 1.11 11.11 25.12"),
        ("FR-57", 2024, "1.1 29.3 1.4 1.5 8.5 9.5 20.5 15.8 1.11 11.11 25.12 26.12"),
        ("GB-ENG", 2022, "3.1 15.4 18.4 2.5 2.6 3.6 29.8 19.9 26.12 27.12"),
        ("GB-SCT", 2022, "3.1 4.1 15.4 2.5 2.6 3.6 1.8 19.9 30.11 26.12 27.12"),
        ("GB-NIR", 2025, "1.1 17.3 18.4 21.4 5.5 26.5 14.7 25.8 25.12 26.12"),
        ("IE", 2024, "1.1 5.2 1.4 6.5 3.6 5.8 28.10 25.12 26.12"),
        ("IT", 2024, "1.1 6.1 1.4 25.4 1.5 15.8 1.11 25.12 26.12"),
        ("JP", 2024, "1.1 8.1 12.2 23.2 20.3 29.4 3.5 4.5 6.5 15.7 12.8 16.9 23.9 14.10 4.11 23.11"),
        ("LU", 2024, "1.1 1.4 1.5 9.5 20.5 15.8 1.11 25.12 26.12"),
        ("NL", 2025, "1.1 18.4 21.4 26.4 5.5 29.5 9.6 25.12 26.12"),
        ("NO", 2024, "1.1 28.3 29.3 1.4 1.5 9.5 17.5 20.5 25.12 26.12"),
        ("NZ", 2023, "2.1 3.1 6.2 7.4 10.4 25.4 5.6 14.7 23.10 25.12 26.12"),
        ("PL", 2025, "1.1 6.1 21.4 1.5 3.5 19.6 15.8 1.11 11.11 24.12 25.12 26.12"),
        ("PT", 2014, "1.1 18.4 25.4 1.5 10.6 15.8 8.12 25.12"),
        ("PT", 2024, "1.1 29.3 25.4 1.5 30.5 10.6 15.8 5.10 1.11 25.12"),
        ("SE", 2025, "1.1 6.1 18.4 21.4 1.5 29.5 6.6 20.6 21.6 1.11 24.12 25.12 26.12 31.12"),
        ("US", 2024, "1.1 15.1 19.2 27.5 19.6 4.7 2.9 14.10 11.11 28.11 25.12"),
        ("US", 2021, "1.1 18.1 15.2 31.5 18.6 19.6 5.7 6.9 11.10 11.11 25.11 24.12 25.12 31.12"),
        ("CA-ON", 2024, "1.1 19.2 29.3 20.5 1.7 2.9 14.10 25.12 26.12"),
        ("AU-NSW", 2022, "1.1 3.1 26.1 15.4 16.4 18.4 25.4 13.6 22.9 3.10 26.12 27.12"),
        ("AU-VIC", 2024, "1.1 26.1 11.3 29.3 30.3 1.4 25.4 10.6 27.9 5.11 25.12 26.12"),
        ("CH-ZH", 2024, "1.1 29.3 1.4 1.5 9.5 20.5 1.8 25.12 26.12"),
        ("CH-GL", 2026, "1.1 3.4 6.4 9.4 14.5 25.5 1.8 25.12 26.12"),
    ];
    for (place, year, days) in years {
        assert_eq!(of_year(place, year), days, "{place} {year}");
    }
}

#[test]
fn what_one_year_had_and_others_have_not() {
    check(
        true,
        &[
            ("DE", "2017-10-31 1990-10-03"),
            ("DE-BE", "2025-05-08 2019-03-08"),
            ("DE-NI", "2018-10-31"),
            ("GB", "2020-05-08 2023-05-08 2012-06-04 2012-06-05 2011-04-29"),
            ("IE", "2022-03-18 2030-02-01"),
            ("IT", "2026-10-04"),
            ("JP", "2009-09-22 2015-09-22 2026-09-22 2019-04-30 2019-05-02 2020-07-24 2021-08-09 2008-05-06"),
            ("PL", "2018-11-12"),
            ("AU-VIC", "2022-09-23 2020-10-23"),
            ("NZ", "2022-09-26 2024-06-28"),
        ],
    );
    check(
        false,
        &[
            ("DE", "2016-10-31 2018-10-31 1989-10-03"),
            ("DE-BE", "2024-05-08 2018-03-08"),
            ("DE-NI", "2016-10-31"),
            ("GB", "2020-05-04 2022-05-30 2021-12-25 2024-08-26"),
            ("IE", "2022-02-07 2030-02-04"),
            ("IT", "2025-10-04"),
            ("JP", "2020-10-12 2021-10-11 2019-12-23 2025-09-22 2024-07-16"),
            ("DK", "2024-04-26"),
            ("US", "2020-06-19 2020-11-03 2022-12-24"),
            ("AU-VIC", "2022-09-30"),
            ("NZ", "2021-06-25"),
        ],
    );
}

#[test]
fn easter_moves() {
    let sundays =
        "1999-04-04 2000-04-23 2008-03-23 2011-04-24 2016-03-27 2019-04-21 2024-03-31 2025-04-20 2038-04-25";
    check(true, &[("PL", sundays)]);
    // No two in one spring.
    for year in 1990..=2100 {
        let days = date(year, 3, 22).series(jiff::ToSpan::day(1)).take(35);
        let count = days.filter(|it| rule::easter_sunday(year) == Some(*it)).count();
        assert_eq!(count, 1, "{year}");
    }
}

#[test]
fn a_place_goes_by_its_codes() {
    for (country, region) in [("de", Some("by")), ("DE", Some("DE-BY")), (" De ", Some("de-By"))] {
        assert!(Calendar::find(country, region).unwrap().has(date(2024, 1, 6)), "{country} {region:?}");
    }
    let refused = |country, region| Calendar::find(country, region).unwrap_err().to_string();
    insta::assert_snapshot!(refused("XX", None), @"there is no calendar of public holidays for the country `XX`; there are those of AT, AU, BE, BR, CA, CH, CZ, DE, DK, ES, FI, FR, GB, IE, IT, JP, LU, NL, NO, NZ, PL, PT, SE, US");
    insta::assert_snapshot!(refused("DE", Some("XX")), @"there is no calendar of public holidays for `XX` in DE; there are those of BB, BE, BW, BY, HB, HE, HH, MV, NI, NW, RP, SH, SL, SN, ST, TH");
    insta::assert_snapshot!(refused("US", Some("CA")), @"the calendar of public holidays for US has no sub-divisions");
    let codes: Vec<&str> = COUNTRIES.iter().map(|it| it.code).collect();
    assert!(codes.is_sorted());
}

#[test]
fn no_year_is_too_far() {
    for day in [Date::MIN, Date::MAX] {
        for country in COUNTRIES {
            let calendar = Calendar::find(country.code, None).unwrap();
            calendar.has(day);
        }
    }
}
