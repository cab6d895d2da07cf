//! Australia: what all states have, and what each has besides.

use jiff::civil::Weekday::{Friday, Monday, Tuesday};

use super::{
    Country, EASTER, EASTER_MONDAY, EASTER_SATURDAY, GOOD_FRIDAY, region,
    rule::{fixed, from, listed, nth, once},
};

pub(super) static AUSTRALIA: Country = Country::new(
    "AU",
    &[
        fixed(1, 1).and_then(2, 1),
        fixed(1, 26).moved(2, 1),
        GOOD_FRIDAY,
        EASTER_MONDAY,
        fixed(4, 25),
        once(2022, 9, 22),
        fixed(12, 25).and_then(2, 2),
        fixed(12, 26).and_then(2, 2),
    ],
)
.with(&[
    region(
        &["ACT"],
        &[
            nth(2, Monday, 3),
            EASTER_SATURDAY,
            EASTER,
            fixed(4, 25).and_then(2, 1),
            from(Monday, 5, 27).since(2018),
            nth(2, Monday, 6),
            nth(1, Monday, 10),
        ],
    ),
    region(
        &["NSW"],
        &[
            EASTER_SATURDAY,
            EASTER,
            once(2026, 4, 27),
            once(2027, 4, 26),
            nth(2, Monday, 6),
            nth(1, Monday, 10),
        ],
    ),
    region(
        &["NT"],
        &[
            EASTER_SATURDAY,
            EASTER,
            fixed(4, 25).and_then(0, 1),
            nth(1, Monday, 5),
            nth(2, Monday, 6),
            nth(1, Monday, 8),
        ],
    ),
    region(
        &["QLD"],
        &[
            EASTER_SATURDAY,
            EASTER,
            fixed(4, 25).and_then(0, 1),
            nth(1, Monday, 5).since(2016),
            nth(1, Monday, 10).since(2016),
        ],
    ),
    region(
        &["SA"],
        &[
            nth(2, Monday, 3),
            EASTER_SATURDAY,
            EASTER.since(2024),
            fixed(4, 25).and_then(0, 1),
            nth(2, Monday, 6),
            nth(1, Monday, 10),
        ],
    ),
    region(&["TAS"], &[nth(2, Monday, 3), nth(2, Monday, 6)]),
    // With the day before the final of football, which two years moved.
    region(
        &["VIC"],
        &[
            nth(2, Monday, 3),
            EASTER_SATURDAY,
            EASTER,
            nth(2, Monday, 6),
            nth(-1, Friday, 9).since(2015).except(&[2015, 2020, 2022]),
            listed(&[(2015, 10, 2), (2020, 10, 23), (2022, 9, 23)]),
            nth(1, Tuesday, 11),
        ],
    ),
    // The birthday of the King is proclaimed, most years for the last Monday of September.
    region(
        &["WA"],
        &[
            nth(1, Monday, 3),
            EASTER.since(2022),
            fixed(4, 25).and_then(2, 1),
            nth(1, Monday, 6),
            nth(-1, Monday, 9).except(&[2024]),
            once(2024, 9, 23),
        ],
    ),
]);
