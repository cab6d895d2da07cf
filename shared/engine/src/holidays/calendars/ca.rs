//! Canada: what all provinces and territories have, and what each has besides. A holiday on a Saturday or a Sunday stays
//! there: which other day is free, each employer decides.

use jiff::civil::Weekday::Monday;

use super::{
    Country, EASTER_MONDAY, GOOD_FRIDAY, region,
    rule::{Rule, fixed, from, nth},
};

pub(super) static CANADA: Country =
    Country::new("CA", &[fixed(1, 1), GOOD_FRIDAY, fixed(7, 1), nth(1, Monday, 9), fixed(12, 25)]).with(&[
        region(&["AB"], &[nth(3, Monday, 2), VICTORIA, THANKSGIVING, REMEMBRANCE]),
        region(
            &["BC"],
            &[
                nth(2, Monday, 2).since(2013).until(2018),
                nth(3, Monday, 2).since(2019),
                VICTORIA,
                nth(1, Monday, 8),
                RECONCILIATION.since(2023),
                THANKSGIVING,
                REMEMBRANCE,
            ],
        ),
        region(
            &["MB"],
            &[nth(3, Monday, 2).since(2008), VICTORIA, RECONCILIATION.since(2024), THANKSGIVING, REMEMBRANCE],
        ),
        region(&["NB"], &[nth(3, Monday, 2).since(2018), nth(1, Monday, 8), REMEMBRANCE]),
        region(&["NL"], &[REMEMBRANCE]),
        region(&["NS"], &[nth(3, Monday, 2).since(2015), REMEMBRANCE]),
        region(
            &["NT"],
            &[
                VICTORIA,
                fixed(6, 21),
                nth(1, Monday, 8),
                RECONCILIATION.since(2022),
                THANKSGIVING,
                REMEMBRANCE,
            ],
        ),
        region(
            &["NU"],
            &[
                VICTORIA,
                fixed(7, 9).since(2020),
                nth(1, Monday, 8),
                RECONCILIATION.since(2022),
                THANKSGIVING,
                REMEMBRANCE,
            ],
        ),
        region(&["ON"], &[nth(3, Monday, 2).since(2008), VICTORIA, THANKSGIVING, fixed(12, 26)]),
        region(&["PE"], &[nth(3, Monday, 2).since(2010), RECONCILIATION.since(2022), REMEMBRANCE]),
        region(&["QC"], &[EASTER_MONDAY, VICTORIA, fixed(6, 24).moved(0, 1), THANKSGIVING]),
        region(
            &["SK"],
            &[nth(3, Monday, 2).since(2007), VICTORIA, nth(1, Monday, 8), THANKSGIVING, REMEMBRANCE],
        ),
        region(
            &["YT"],
            &[
                VICTORIA,
                fixed(6, 21).since(2017),
                nth(3, Monday, 8),
                RECONCILIATION.since(2023),
                THANKSGIVING,
                REMEMBRANCE,
            ],
        ),
    ]);

/// The Monday before the 25th.
const VICTORIA: Rule = from(Monday, 5, 18);
const RECONCILIATION: Rule = fixed(9, 30);
const THANKSGIVING: Rule = nth(2, Monday, 10);
const REMEMBRANCE: Rule = fixed(11, 11);
