//! Public holidays: which days are, in which country, and in which part of it.
//!
//! Calendars are rules, for now and the years to come: what changed before 2010 is only partly in them. They hold what is
//! public by law in all of the country, or of the part of it; what single towns have, and half days, are not in them.

mod calendars;
mod rule;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use calendars::COUNTRIES;
use rule::Rule;

/// A country and its public holidays.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    code: &'static str,
    rules: &'static [Rule],
    regions: &'static [Region],
    /// What it has beside its rules: a day, and whether rules name another one.
    filled: fn(Date, &dyn Fn(Date) -> bool) -> bool,
}

/// A part of a country that has holidays of its own.
#[derive(Debug)]
pub struct Region {
    /// The part of its ISO 3166-2 code after the country; other codes for the same.
    codes: &'static [&'static str],
    rules: &'static [Rule],
}

/// The holidays of a country, or of a part of it.
#[derive(Debug, Clone, Copy)]
pub struct Calendar {
    country: &'static Country,
    region: Option<&'static Region>,
}

/// There is no such calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoCalendar {
    #[error("there is no calendar of public holidays for the country `{0}`; there are those of {all}", all = codes())]
    Country(String),
    #[error("there is no calendar of public holidays for `{1}` in {0}; there are those of {2}")]
    Region(&'static str, String, String),
    #[error("the calendar of public holidays for {0} has no sub-divisions")]
    Whole(&'static str),
}

impl Country {
    const fn new(code: &'static str, rules: &'static [Rule]) -> Self {
        Self { code, rules, regions: &[], filled: |_, _| false }
    }

    const fn with(self, regions: &'static [Region]) -> Self {
        Self { regions, ..self }
    }
}

const fn region(codes: &'static [&'static str], rules: &'static [Rule]) -> Region {
    Region { codes, rules }
}

impl Calendar {
    /// The calendar of a country, by its ISO 3166-1 code of two letters, or of a part of it, by its ISO 3166-2 code with
    /// or without the country before it. Case does not matter.
    ///
    /// # Errors
    /// What there is instead.
    pub fn find(country: &str, region: Option<&str>) -> Result<Self, NoCalendar> {
        let code = country.trim();
        let found = COUNTRIES.iter().find(|it| it.code.eq_ignore_ascii_case(code));
        let country = found.copied().ok_or_else(|| NoCalendar::Country(code.to_owned()))?;
        let region = region.map(|it| country.region(it.trim())).transpose()?;
        Ok(Self { country, region })
    }

    /// Whether a day is a public holiday, or the day that is free in its place.
    pub fn has(self, date: Date) -> bool {
        let rules = self.country.rules.iter().chain(self.region.map_or(&[][..], |it| it.rules));
        let named = |date: Date| rules.clone().any(|rule| rule.names(date));
        named(date) || (self.country.filled)(date, &named)
    }
}

impl Country {
    fn region(&self, given: &str) -> Result<&'static Region, NoCalendar> {
        let code = match given.split_once('-') {
            Some((country, rest)) if country.eq_ignore_ascii_case(self.code) => rest,
            Some(_) | None => given,
        };
        if self.regions.is_empty() {
            return Err(NoCalendar::Whole(self.code));
        }
        let found =
            self.regions.iter().find(|it| it.codes.iter().any(|known| known.eq_ignore_ascii_case(code)));
        found.ok_or_else(|| {
            let known: Vec<_> = self.regions.iter().map(|it| it.codes[0]).collect();
            NoCalendar::Region(self.code, given.to_owned(), known.join(", "))
        })
    }
}

/// The countries that have a calendar.
pub fn codes() -> String {
    COUNTRIES.iter().map(|it| it.code).collect::<Vec<_>>().join(", ")
}
