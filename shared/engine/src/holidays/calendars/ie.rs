//! Ireland.

use jiff::civil::{
    Date,
    Weekday::{Friday, Monday},
};

use super::{
    Country, EASTER_MONDAY,
    rule::{computed, fixed, nth, once},
};

pub(super) static IRELAND: Country = Country::new(
    "IE",
    &[
        fixed(1, 1),
        computed(saint_brigid).since(2023),
        fixed(3, 17),
        once(2022, 3, 18),
        EASTER_MONDAY,
        nth(1, Monday, 5),
        nth(1, Monday, 6),
        nth(1, Monday, 8),
        nth(-1, Monday, 10),
        fixed(12, 25),
        fixed(12, 26),
    ],
);

/// The first of February when it is a Friday, else the first Monday.
fn saint_brigid(year: i16) -> Option<Date> {
    let first = Date::new(year, 2, 1).ok()?;
    if first.weekday() == Friday { Some(first) } else { first.nth_weekday_of_month(1, Monday).ok() }
}
