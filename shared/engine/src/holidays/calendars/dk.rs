//! Denmark.

use super::{
    ASCENSION, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, MAUNDY_THURSDAY, PENTECOST, WHIT_MONDAY,
    rule::{easter, fixed},
};

pub(super) static DENMARK: Country = Country::new(
    "DK",
    &[
        fixed(1, 1),
        MAUNDY_THURSDAY,
        GOOD_FRIDAY,
        EASTER,
        EASTER_MONDAY,
        // The day of prayers.
        easter(26).until(2023),
        ASCENSION,
        PENTECOST,
        WHIT_MONDAY,
        fixed(12, 25),
        fixed(12, 26),
    ],
);
