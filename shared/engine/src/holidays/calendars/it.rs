//! Italy.

use super::{
    Country, EASTER, EASTER_MONDAY, WHIT_MONDAY, region,
    rule::{fixed, once},
};

pub(super) static ITALY: Country = Country::new(
    "IT",
    &[
        fixed(1, 1),
        fixed(1, 6),
        EASTER,
        EASTER_MONDAY,
        fixed(4, 25),
        fixed(5, 1),
        fixed(6, 2),
        once(2011, 3, 17),
        fixed(8, 15),
        // Saint Francis.
        fixed(10, 4).since(2026),
        fixed(11, 1),
        fixed(12, 8),
        fixed(12, 25),
        fixed(12, 26),
    ],
)
.with(&[
    // South Tyrol.
    region(&["BZ", "32"], &[WHIT_MONDAY]),
]);
