//! Poland.

use super::{
    CORPUS_CHRISTI, Country, EASTER, EASTER_MONDAY, PENTECOST,
    rule::{fixed, once},
};

pub(super) static POLAND: Country = Country::new(
    "PL",
    &[
        fixed(1, 1),
        fixed(1, 6).since(2011),
        EASTER,
        EASTER_MONDAY,
        fixed(5, 1),
        fixed(5, 3),
        PENTECOST,
        CORPUS_CHRISTI,
        fixed(8, 15),
        fixed(11, 1),
        fixed(11, 11),
        once(2018, 11, 12),
        fixed(12, 24).since(2025),
        fixed(12, 25),
        fixed(12, 26),
    ],
);
