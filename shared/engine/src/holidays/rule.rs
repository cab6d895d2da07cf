//! One holiday: on which day of a year it is.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// A holiday of each year, unless it says otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    day: Day,
    /// Days from a Saturday, and from a Sunday, to the one that is free instead.
    shift: (i8, i8),
    /// The day itself is a holiday, too, when another one is free instead.
    stays: bool,
    /// The first and the last year.
    years: (i16, i16),
    except: &'static [i16],
}

#[derive(Debug, Clone, Copy)]
enum Day {
    /// Month, day.
    Fixed(i8, i8),
    /// Days after Easter Sunday.
    Easter(i16),
    /// The n-th of a month; -1 is the last.
    Nth(i8, Weekday, i8),
    /// The first of these weekdays that is not before a day.
    From(Weekday, i8, i8),
    /// Year, month, day: of years that nobody can compute.
    Listed(&'static [(i16, i8, i8)]),
    Computed(fn(i16) -> Option<Date>),
}

const fn rule(day: Day) -> Rule {
    Rule { day, shift: (0, 0), stays: true, years: (i16::MIN, i16::MAX), except: &[] }
}

/// The same date each year.
pub(super) const fn fixed(month: i8, day: i8) -> Rule {
    rule(Day::Fixed(month, day))
}

/// So many days after Easter Sunday.
pub(super) const fn easter(days: i16) -> Rule {
    rule(Day::Easter(days))
}

/// The n-th of these weekdays in a month; -1 is the last.
pub(super) const fn nth(n: i8, weekday: Weekday, month: i8) -> Rule {
    rule(Day::Nth(n, weekday, month))
}

/// The first of these weekdays that is not before a date.
pub(super) const fn from(weekday: Weekday, month: i8, day: i8) -> Rule {
    rule(Day::From(weekday, month, day))
}

/// One day of one year.
pub(super) const fn once(year: i16, month: i8, day: i8) -> Rule {
    fixed(month, day).since(year).until(year)
}

/// Days of the years that are named.
pub(super) const fn listed(days: &'static [(i16, i8, i8)]) -> Rule {
    rule(Day::Listed(days))
}

pub(super) const fn computed(day: fn(i16) -> Option<Date>) -> Rule {
    rule(Day::Computed(day))
}

impl Rule {
    /// From this year on.
    pub(super) const fn since(self, year: i16) -> Self {
        Self { years: (year, self.years.1), ..self }
    }

    /// This year is the last one.
    pub(super) const fn until(self, year: i16) -> Self {
        Self { years: (self.years.0, year), ..self }
    }

    /// Not in these years.
    pub(super) const fn except(self, years: &'static [i16]) -> Self {
        Self { except: years, ..self }
    }

    /// On a Saturday or a Sunday it is so many days later (earlier, below 0) instead.
    pub(super) const fn moved(self, saturday: i8, sunday: i8) -> Self {
        Self { shift: (saturday, sunday), stays: false, ..self }
    }

    /// On a Saturday or a Sunday the day that is so many days later is one as well.
    pub(super) const fn and_then(self, saturday: i8, sunday: i8) -> Self {
        Self { shift: (saturday, sunday), stays: true, ..self }
    }

    /// Whether it is on this day.
    pub(super) fn names(&self, date: Date) -> bool {
        // The day that is free instead may be in another year.
        let year = date.year();
        (year.saturating_sub(1)..=year.saturating_add(1)).any(|year| self.names_of(year, date))
    }

    fn names_of(&self, year: i16, date: Date) -> bool {
        let counts = (self.years.0..=self.years.1).contains(&year) && !self.except.contains(&year);
        let Some(day) = self.day.of(year).filter(|_| counts) else { return false };
        let shift = match day.weekday() {
            Weekday::Saturday => self.shift.0,
            Weekday::Sunday => self.shift.1,
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => {
                0
            }
        };
        let free = day.checked_add(i64::from(shift).days()).ok();
        free == Some(date) || (self.stays && day == date)
    }
}

impl Day {
    /// `None` in a year without it, and beyond the years that there are.
    fn of(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Easter(days) => easter_sunday(year)?.checked_add(i64::from(days).days()).ok(),
            Self::Nth(n, weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(n, weekday).ok()
            }
            Self::From(weekday, month, day) => {
                let date = Date::new(year, month, day).ok()?;
                date.checked_add(i64::from(date.weekday().until(weekday)).days()).ok()
            }
            Self::Listed(days) => {
                let (_, month, day) = days.iter().find(|it| it.0 == year)?;
                Date::new(year, *month, *day).ok()
            }
            Self::Computed(day) => day(year),
        }
    }
}

/// Of the western churches, by the rule of Gregory's calendar as Butcher wrote it down.
pub(super) fn easter_sunday(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (century, of_century) = (y.div_euclid(100), y.rem_euclid(100));
    let golden = y.rem_euclid(19);
    let leaps = century - century / 4 - (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + leaps + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * (of_century / 4) - epact - of_century.rem_euclid(4))
            .rem_euclid(7);
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let since_march = epact + to_sunday - 7 * late + 114;
    let (month, day) = (since_march / 31, since_march % 31 + 1);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
