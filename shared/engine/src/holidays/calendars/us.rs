//! The United States: the holidays of the federation. What is on a Saturday is observed the day before, too, and what is on a Sunday the
//! day after.

use jiff::civil::Weekday::{Monday, Thursday};

use super::{
    Country,
    rule::{fixed, nth},
};

pub(super) static UNITED_STATES: Country = Country::new(
    "US",
    &[
        fixed(1, 1).and_then(-1, 1),
        nth(3, Monday, 1),
        nth(3, Monday, 2),
        nth(-1, Monday, 5),
        fixed(6, 19).and_then(-1, 1).since(2021),
        fixed(7, 4).and_then(-1, 1),
        nth(1, Monday, 9),
        nth(2, Monday, 10),
        fixed(11, 11).and_then(-1, 1),
        nth(4, Thursday, 11),
        fixed(12, 25).and_then(-1, 1),
    ],
);
