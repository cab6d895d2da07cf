//! Brazil. Carnival and Corpus Christi are no holidays of the whole country.

use super::{Country, GOOD_FRIDAY, rule::fixed};

pub(super) static BRAZIL: Country = Country::new(
    "BR",
    &[
        fixed(1, 1),
        GOOD_FRIDAY,
        fixed(4, 21),
        fixed(5, 1),
        fixed(9, 7),
        fixed(10, 12),
        fixed(11, 2),
        fixed(11, 15),
        fixed(11, 20).since(2024),
        fixed(12, 25),
    ],
);
