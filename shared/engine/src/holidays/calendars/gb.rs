//! The United Kingdom: what its four parts have in common, and what each has besides.

use jiff::civil::Weekday::Monday;

use super::{
    Country, EASTER_MONDAY, GOOD_FRIDAY, region,
    rule::{fixed, nth, once},
};

pub(super) static UNITED_KINGDOM: Country = Country::new(
    "GB",
    &[
        fixed(1, 1).moved(2, 1),
        GOOD_FRIDAY,
        nth(1, Monday, 5).except(&[2020]),
        once(2020, 5, 8),
        nth(-1, Monday, 5).except(&[2002, 2012, 2022]),
        once(2002, 6, 4),
        once(2012, 6, 4),
        once(2022, 6, 2),
        fixed(12, 25).moved(2, 2),
        fixed(12, 26).moved(2, 2),
        // Jubilees, a wedding, a funeral, a coronation.
        once(2002, 6, 3),
        once(2011, 4, 29),
        once(2012, 6, 5),
        once(2022, 6, 3),
        once(2022, 9, 19),
        once(2023, 5, 8),
    ],
)
.with(&[
    region(&["ENG", "EN", "EAW"], &[EASTER_MONDAY, nth(-1, Monday, 8)]),
    region(&["WLS", "WA", "CYM"], &[EASTER_MONDAY, nth(-1, Monday, 8)]),
    region(
        &["NIR", "NI"],
        &[fixed(3, 17).moved(2, 1), EASTER_MONDAY, fixed(7, 12).moved(2, 1), nth(-1, Monday, 8)],
    ),
    // There the second of January is one, so that a first on a Sunday goes to the Tuesday.
    region(
        &["SCT", "SC"],
        &[
            fixed(1, 1).moved(2, 2),
            fixed(1, 2).moved(2, 2),
            nth(1, Monday, 8),
            fixed(11, 30).moved(2, 1).since(2007),
            once(2026, 6, 15),
        ],
    ),
]);
