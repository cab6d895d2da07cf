//! Austria. Days of patrons, on which schools and offices of one state are closed, are not among them.

use super::{ASCENSION, CORPUS_CHRISTI, Country, EASTER_MONDAY, WHIT_MONDAY, rule::fixed};

pub(super) static AUSTRIA: Country = Country::new(
    "AT",
    &[
        fixed(1, 1),
        fixed(1, 6),
        EASTER_MONDAY,
        fixed(5, 1),
        ASCENSION,
        WHIT_MONDAY,
        CORPUS_CHRISTI,
        fixed(8, 15),
        fixed(10, 26),
        fixed(11, 1),
        fixed(12, 8),
        fixed(12, 25),
        fixed(12, 26),
    ],
);
