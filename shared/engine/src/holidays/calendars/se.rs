//! Sweden. The eves of Midsummer, Christmas and New Year count as Sundays where people work.

use jiff::civil::Weekday::{Friday, Saturday};

use super::{
    ASCENSION, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, PENTECOST, WHIT_MONDAY,
    rule::{fixed, from},
};

pub(super) static SWEDEN: Country = Country::new(
    "SE",
    &[
        fixed(1, 1),
        fixed(1, 6),
        GOOD_FRIDAY,
        EASTER,
        EASTER_MONDAY,
        fixed(5, 1),
        ASCENSION,
        PENTECOST,
        WHIT_MONDAY.until(2004),
        fixed(6, 6).since(2005),
        from(Friday, 6, 19),
        from(Saturday, 6, 20),
        from(Saturday, 10, 31),
        fixed(12, 24),
        fixed(12, 25),
        fixed(12, 26),
        fixed(12, 31),
    ],
);
