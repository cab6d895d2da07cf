//! Switzerland: what all cantons have, and what each has besides.

use jiff::{
    ToSpan,
    civil::{
        Date,
        Weekday::{Monday, Thursday},
    },
};

use super::{
    ASCENSION, CORPUS_CHRISTI, Country, EASTER, EASTER_MONDAY, GOOD_FRIDAY, WHIT_MONDAY, region,
    rule::{self, computed, fixed, from},
};

pub(super) static SWITZERLAND: Country =
    Country::new("CH", &[fixed(1, 1), EASTER, ASCENSION, fixed(8, 1), fixed(12, 25)]).with(&[
        // What most of it has; its districts differ.
        region(&["AG"], &[fixed(1, 2), GOOD_FRIDAY, fixed(5, 1), fixed(12, 26)]),
        region(
            &["AI"],
            &[
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                CORPUS_CHRISTI,
                fixed(8, 15),
                fixed(11, 1),
                fixed(12, 8),
                fixed(12, 26),
            ],
        ),
        region(&["AR"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(12, 26)]),
        region(&["BE"], &[fixed(1, 2), GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(12, 26)]),
        region(&["BL"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(5, 1), fixed(12, 26)]),
        region(&["BS"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(5, 1), fixed(12, 26)]),
        // Its catholic parishes have four more.
        region(&["FR"], &[GOOD_FRIDAY]),
        // With its own fast, the Thursday after the first Sunday of September.
        region(&["GE"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, from(Thursday, 9, 5), fixed(12, 31)]),
        region(
            &["GL"],
            &[
                computed(battle_of_naefels),
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                fixed(11, 1),
                fixed(12, 26),
            ],
        ),
        region(&["GR"], &[EASTER_MONDAY, WHIT_MONDAY, fixed(12, 26)]),
        region(
            &["JU"],
            &[
                fixed(1, 2),
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                fixed(5, 1),
                CORPUS_CHRISTI,
                fixed(6, 23),
                fixed(8, 15),
                fixed(11, 1),
            ],
        ),
        region(
            &["LU"],
            &[
                fixed(1, 2),
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                CORPUS_CHRISTI,
                fixed(8, 15),
                fixed(11, 1),
                fixed(12, 8),
                fixed(12, 26),
            ],
        ),
        region(
            &["NE"],
            &[
                fixed(1, 1).and_then(0, 1),
                fixed(3, 1),
                GOOD_FRIDAY,
                fixed(5, 1),
                fixed(12, 25).and_then(0, 1),
            ],
        ),
        region(
            &["NW"],
            &[fixed(3, 19), GOOD_FRIDAY, CORPUS_CHRISTI, fixed(8, 15), fixed(11, 1), fixed(12, 8)],
        ),
        region(
            &["OW"],
            &[GOOD_FRIDAY, CORPUS_CHRISTI, fixed(9, 25), fixed(8, 15), fixed(11, 1), fixed(12, 8)],
        ),
        region(&["SG"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(11, 1), fixed(12, 26)]),
        region(&["SH"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(5, 1), fixed(12, 26)]),
        region(&["SO"], &[GOOD_FRIDAY]),
        region(
            &["SZ"],
            &[
                fixed(1, 6),
                fixed(3, 19),
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                CORPUS_CHRISTI,
                fixed(8, 15),
                fixed(11, 1),
                fixed(12, 8),
                fixed(12, 26),
            ],
        ),
        region(&["TG"], &[fixed(1, 2), GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(5, 1), fixed(12, 26)]),
        region(
            &["TI"],
            &[
                fixed(1, 6),
                fixed(3, 19),
                EASTER_MONDAY,
                WHIT_MONDAY,
                fixed(5, 1),
                CORPUS_CHRISTI,
                fixed(6, 29),
                fixed(8, 15),
                fixed(11, 1),
                fixed(12, 8),
                fixed(12, 26),
            ],
        ),
        region(
            &["UR"],
            &[
                fixed(1, 6),
                fixed(3, 19),
                GOOD_FRIDAY,
                EASTER_MONDAY,
                WHIT_MONDAY,
                CORPUS_CHRISTI,
                fixed(8, 15),
                fixed(11, 1),
                fixed(12, 8),
                fixed(12, 26),
            ],
        ),
        // With the Monday of the federal fast, after the third Sunday of September.
        region(&["VD"], &[fixed(1, 2), GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, from(Monday, 9, 16)]),
        region(&["VS"], &[fixed(3, 19), CORPUS_CHRISTI, fixed(8, 15), fixed(11, 1), fixed(12, 8)]),
        region(&["ZG"], &[GOOD_FRIDAY, CORPUS_CHRISTI, fixed(8, 15), fixed(11, 1), fixed(12, 8)]),
        region(&["ZH"], &[GOOD_FRIDAY, EASTER_MONDAY, WHIT_MONDAY, fixed(5, 1), fixed(12, 26)]),
    ]);

/// The first Thursday of April, a week later when it is that before Easter.
fn battle_of_naefels(year: i16) -> Option<Date> {
    let first = Date::new(year, 4, 1).ok()?.nth_weekday_of_month(1, Thursday).ok()?;
    let maundy_thursday = rule::easter_sunday(year)?.checked_sub(3.days()).ok()?;
    if first == maundy_thursday { first.checked_add(7.days()).ok() } else { Some(first) }
}
