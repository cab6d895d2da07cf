//! Norway.

use super::{
    ASCENSION, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, MAUNDY_THURSDAY, PENTECOST, WHIT_MONDAY,
    rule::fixed,
};

pub(super) static NORWAY: Country = Country::new(
    "NO",
    &[
        fixed(1, 1),
        MAUNDY_THURSDAY,
        GOOD_FRIDAY,
        EASTER,
        EASTER_MONDAY,
        fixed(5, 1),
        fixed(5, 17),
        ASCENSION,
        PENTECOST,
        WHIT_MONDAY,
        fixed(12, 25),
        fixed(12, 26),
    ],
);
