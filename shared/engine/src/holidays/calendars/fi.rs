//! Finland. The eves of Midsummer and Christmas count as Sundays where people work.

use jiff::civil::Weekday::{Friday, Saturday};

use super::{
    ASCENSION, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, PENTECOST, region,
    rule::{fixed, from},
};

pub(super) static FINLAND: Country = Country::new(
    "FI",
    &[
        fixed(1, 1),
        fixed(1, 6),
        GOOD_FRIDAY,
        EASTER,
        EASTER_MONDAY,
        fixed(5, 1),
        ASCENSION,
        PENTECOST,
        from(Friday, 6, 19),
        from(Saturday, 6, 20),
        from(Saturday, 10, 31),
        fixed(12, 6),
        fixed(12, 24),
        fixed(12, 25),
        fixed(12, 26),
    ],
)
.with(&[
    // Åland.
    region(&["AX", "01"], &[fixed(6, 9)]),
]);
