//! The Netherlands, with the days on which terms do not end: Good Friday, and the fifth of May of each year.

use super::{ASCENSION, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, PENTECOST, WHIT_MONDAY, rule::fixed};

pub(super) static NETHERLANDS: Country = Country::new(
    "NL",
    &[
        fixed(1, 1),
        GOOD_FRIDAY,
        EASTER,
        EASTER_MONDAY,
        // The Queen's, and the King's.
        fixed(4, 30).moved(0, -1).until(2013),
        fixed(4, 27).moved(0, -1).since(2014),
        fixed(5, 5),
        ASCENSION,
        PENTECOST,
        WHIT_MONDAY,
        fixed(12, 25),
        fixed(12, 26),
    ],
);
