//! Luxembourg.

use super::{ASCENSION, Country, EASTER_MONDAY, WHIT_MONDAY, rule::fixed};

pub(super) static LUXEMBOURG: Country = Country::new(
    "LU",
    &[
        fixed(1, 1),
        EASTER_MONDAY,
        fixed(5, 1),
        fixed(5, 9).since(2019),
        ASCENSION,
        WHIT_MONDAY,
        fixed(6, 23),
        fixed(8, 15),
        fixed(11, 1),
        fixed(12, 25),
        fixed(12, 26),
    ],
);
