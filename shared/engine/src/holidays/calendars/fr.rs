//! France.

use super::{ASCENSION, Country, EASTER_MONDAY, GOOD_FRIDAY, WHIT_MONDAY, region, rule::fixed};

pub(super) static FRANCE: Country = Country::new(
    "FR",
    &[
        fixed(1, 1),
        EASTER_MONDAY,
        fixed(5, 1),
        fixed(5, 8),
        ASCENSION,
        WHIT_MONDAY,
        fixed(7, 14),
        fixed(8, 15),
        fixed(11, 1),
        fixed(11, 11),
        fixed(12, 25),
    ],
)
.with(&[
    // Alsace, and Moselle beside it, kept the law of 1892.
    region(&["6AE", "A"], &[GOOD_FRIDAY, fixed(12, 26)]),
    region(&["57", "MO"], &[GOOD_FRIDAY, fixed(12, 26)]),
    region(&["67", "BR"], &[GOOD_FRIDAY, fixed(12, 26)]),
    region(&["68", "HR"], &[GOOD_FRIDAY, fixed(12, 26)]),
    // The end of slavery, overseas.
    region(&["971", "GP", "GUA"], &[fixed(5, 27)]),
    region(&["972", "MQ"], &[fixed(5, 22)]),
    region(&["973", "GF"], &[fixed(6, 10)]),
    region(&["974", "RE"], &[fixed(12, 20)]),
    region(&["976", "YT"], &[fixed(4, 27)]),
]);
