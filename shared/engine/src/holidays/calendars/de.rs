//! Germany, and its sixteen states.

use jiff::civil::Weekday::Wednesday;

use super::{
    ASCENSION, CORPUS_CHRISTI, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, PENTECOST, WHIT_MONDAY, region,
    rule::{Rule, fixed, from, once},
};

pub(super) static GERMANY: Country = Country::new(
    "DE",
    &[
        fixed(1, 1),
        GOOD_FRIDAY,
        EASTER_MONDAY,
        fixed(5, 1),
        ASCENSION,
        WHIT_MONDAY,
        fixed(10, 3).since(1990),
        once(2017, 10, 31),
        fixed(12, 25),
        fixed(12, 26),
    ],
)
.with(&[
    region(&["BB"], &[EASTER, PENTECOST, REFORMATION]),
    region(&["BE"], &[fixed(3, 8).since(2019), once(2020, 5, 8), once(2025, 5, 8), once(2028, 6, 17)]),
    region(&["BW"], &[fixed(1, 6), CORPUS_CHRISTI, fixed(11, 1)]),
    // Not all of it has the Assumption.
    region(&["BY"], &[fixed(1, 6), CORPUS_CHRISTI, fixed(11, 1)]),
    region(&["HB"], &[REFORMATION.since(2018)]),
    region(&["HE"], &[CORPUS_CHRISTI]),
    region(&["HH"], &[REFORMATION.since(2018)]),
    region(&["MV"], &[fixed(3, 8).since(2023), REFORMATION]),
    region(&["NI"], &[REFORMATION.since(2018)]),
    region(&["NW"], &[CORPUS_CHRISTI, fixed(11, 1)]),
    region(&["RP"], &[CORPUS_CHRISTI, fixed(11, 1)]),
    region(&["SH"], &[REFORMATION.since(2018)]),
    region(&["SL"], &[CORPUS_CHRISTI, fixed(8, 15), fixed(11, 1)]),
    // With the day of repentance, the Wednesday before the 23rd.
    region(&["SN"], &[REFORMATION, from(Wednesday, 11, 16)]),
    region(&["ST"], &[fixed(1, 6), REFORMATION]),
    region(&["TH"], &[fixed(9, 20).since(2019), REFORMATION]),
]);

const REFORMATION: Rule = fixed(10, 31);
