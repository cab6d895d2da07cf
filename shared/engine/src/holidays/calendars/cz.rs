//! Czechia.

use super::{Country, EASTER_MONDAY, GOOD_FRIDAY, rule::fixed};

pub(super) static CZECHIA: Country = Country::new(
    "CZ",
    &[
        fixed(1, 1),
        GOOD_FRIDAY.since(2016),
        EASTER_MONDAY,
        fixed(5, 1),
        fixed(5, 8),
        fixed(7, 5),
        fixed(7, 6),
        fixed(9, 28),
        fixed(10, 28),
        fixed(11, 17),
        fixed(12, 24),
        fixed(12, 25),
        fixed(12, 26),
    ],
);
