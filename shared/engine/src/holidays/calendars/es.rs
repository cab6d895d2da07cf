//! Spain. The communities add days, and move those that are on a Sunday, as each decides year by year: not here.

use super::{Country, GOOD_FRIDAY, rule::fixed};

pub(super) static SPAIN: Country = Country::new(
    "ES",
    &[
        fixed(1, 1),
        fixed(1, 6),
        GOOD_FRIDAY,
        fixed(5, 1),
        fixed(8, 15),
        fixed(10, 12),
        fixed(11, 1),
        fixed(12, 6),
        fixed(12, 8),
        fixed(12, 25),
    ],
);
