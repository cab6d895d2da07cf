//! New Zealand. The anniversaries of its provinces are kept on different days within them: not here.

use jiff::civil::Weekday::Monday;

use super::{
    Country, EASTER_MONDAY, GOOD_FRIDAY,
    rule::{fixed, listed, nth, once},
};

pub(super) static NEW_ZEALAND: Country = Country::new(
    "NZ",
    &[
        fixed(1, 1).moved(2, 2),
        fixed(1, 2).moved(2, 2),
        fixed(2, 6).until(2013),
        fixed(2, 6).moved(2, 1).since(2014),
        GOOD_FRIDAY,
        EASTER_MONDAY,
        fixed(4, 25).until(2013),
        fixed(4, 25).moved(2, 1).since(2014),
        nth(1, Monday, 6),
        listed(&MATARIKI),
        once(2022, 9, 26),
        nth(4, Monday, 10),
        fixed(12, 25).moved(2, 2),
        fixed(12, 26).moved(2, 2),
    ],
);

/// The new year of the Māori, as its advisers found it from the moon and the stars.
const MATARIKI: [(i16, i8, i8); 31] = [
    (2022, 6, 24),
    (2023, 7, 14),
    (2024, 6, 28),
    (2025, 6, 20),
    (2026, 7, 10),
    (2027, 6, 25),
    (2028, 7, 14),
    (2029, 7, 6),
    (2030, 6, 21),
    (2031, 7, 11),
    (2032, 7, 2),
    (2033, 6, 24),
    (2034, 7, 7),
    (2035, 6, 29),
    (2036, 7, 18),
    (2037, 7, 10),
    (2038, 6, 25),
    (2039, 7, 15),
    (2040, 7, 6),
    (2041, 7, 19),
    (2042, 7, 11),
    (2043, 7, 3),
    (2044, 6, 24),
    (2045, 7, 7),
    (2046, 6, 29),
    (2047, 7, 19),
    (2048, 7, 3),
    (2049, 6, 25),
    (2050, 7, 15),
    (2051, 6, 30),
    (2052, 6, 21),
];
