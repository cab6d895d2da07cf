//! Japan. What is on a Sunday goes on to the next day that is none, and a day between two holidays is one, too.

use jiff::civil::{
    Date,
    Weekday::{Monday, Sunday},
};

use super::{
    Country,
    rule::{Rule, computed, fixed, nth, once},
};

pub(super) static JAPAN: Country = Country { filled, ..Country::new("JP", RULES) };

const RULES: &[Rule] = &[
    fixed(1, 1),
    nth(2, Monday, 1),
    fixed(2, 11),
    fixed(2, 23).since(2020),
    computed(|year| equinox(year, 3, 20_843_100)),
    fixed(4, 29),
    once(2019, 5, 1),
    fixed(5, 3),
    fixed(5, 4).since(2007),
    fixed(5, 5),
    nth(3, Monday, 7).since(2003).except(&GAMES),
    once(2020, 7, 23),
    once(2021, 7, 22),
    fixed(8, 11).since(2016).except(&GAMES),
    once(2020, 8, 10),
    once(2021, 8, 8),
    nth(3, Monday, 9).since(2003),
    computed(|year| equinox(year, 9, 23_248_800)),
    nth(2, Monday, 10).except(&GAMES),
    once(2020, 7, 24),
    once(2021, 7, 23),
    once(2019, 10, 22),
    fixed(11, 3),
    fixed(11, 23),
    fixed(12, 23).until(2018),
];

/// The summer games moved three days in these years.
const GAMES: [i16; 2] = [2020, 2021];

/// The day of an equinox until 2099, from where it was in 1980, in millionths of a day of its month.
fn equinox(year: i16, month: i8, in_1980: i64) -> Option<Date> {
    let years = i64::from(year) - 1980;
    let day = (in_1980 + 242_194 * years) / 1_000_000 - years.div_euclid(4);
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

fn filled(date: Date, named: &dyn Fn(Date) -> bool) -> bool {
    let (Ok(before), Ok(after)) = (date.yesterday(), date.tomorrow()) else { return false };
    let between = named(before) && named(after) && date.weekday() != Sunday;
    // Holidays that follow each other, back to one that is on a Sunday.
    let mut row = std::iter::successors(Some(before), |it| it.yesterday().ok()).take_while(|it| named(*it));
    between || row.any(|it| it.weekday() == Sunday)
}
