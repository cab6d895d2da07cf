//! Belgium.

use super::{ASCENSION, Country, EASTER, EASTER_MONDAY, PENTECOST, WHIT_MONDAY, rule::fixed};

pub(super) static BELGIUM: Country = Country::new(
    "BE",
    &[
        fixed(1, 1),
        EASTER,
        EASTER_MONDAY,
        fixed(5, 1),
        ASCENSION,
        PENTECOST,
        WHIT_MONDAY,
        fixed(7, 21),
        fixed(8, 15),
        fixed(11, 1),
        fixed(11, 11),
        fixed(12, 25),
    ],
);
