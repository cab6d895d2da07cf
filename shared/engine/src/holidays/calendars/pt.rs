//! Portugal. Four days were none from 2013 to 2015. Each town has one of its own: not here.

use super::{CORPUS_CHRISTI, Country, EASTER, GOOD_FRIDAY, WHIT_MONDAY, region, rule::fixed};

pub(super) static PORTUGAL: Country = Country::new(
    "PT",
    &[
        fixed(1, 1),
        GOOD_FRIDAY,
        EASTER,
        fixed(4, 25),
        fixed(5, 1),
        CORPUS_CHRISTI.except(&SUSPENDED),
        fixed(6, 10),
        fixed(8, 15),
        fixed(10, 5).except(&SUSPENDED),
        fixed(11, 1).except(&SUSPENDED),
        fixed(12, 1).except(&SUSPENDED),
        fixed(12, 8),
        fixed(12, 25),
    ],
)
.with(&[
    // The Azores.
    region(&["20"], &[WHIT_MONDAY]),
    // Madeira.
    region(&["30"], &[fixed(7, 1), fixed(12, 26)]),
]);

const SUSPENDED: [i16; 3] = [2013, 2014, 2015];
