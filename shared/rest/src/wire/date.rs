//! Moments in answers: `2024-07-12T05:13:42.140Z`, without a detour over the calendar library.
//!
//! An execution of one task holds a dozen dates, and writing them was most of writing it.

use engine::time::Timestamp;
use serde::{Serialize, Serializer};

/// A moment as clients see it.
#[derive(Clone, Copy)]
pub(crate) struct Date(pub(crate) Timestamp);

/// A moment as the headers of HTTP have it, to the second: `Fri, 12 Jul 2024 05:13:42 GMT`.
pub(crate) fn http_date(moment: Timestamp) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let seconds = moment.as_millis().div_euclid(1_000);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let named = |names: &[&'static str], number: i64| {
        names[usize::try_from(number).expect("it is in its week or year")]
    };
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        named(&DAYS, days.rem_euclid(7)),
        named(&MONTHS, month - 1),
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    )
}

const MILLIS_A_DAY: i64 = 86_400_000;
const LENGTH: usize = "2024-07-12T05:13:42.140Z".len();

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match written(self.0.as_millis()) {
            Some(text) => serializer.serialize_str(std::str::from_utf8(&text).expect("digits are ASCII")),
            None => serializer.collect_str(&self.0),
        }
    }
}

/// Years 1970 to 9999; the others are for the calendar library.
fn written(millis: i64) -> Option<[u8; LENGTH]> {
    const LAST: i64 = 253_402_300_799_999;
    if !(0..=LAST).contains(&millis) {
        return None;
    }
    let (year, month, day) = civil(millis / MILLIS_A_DAY);
    let of_day = millis % MILLIS_A_DAY;
    let mut text = *b"0000-00-00T00:00:00.000Z";
    let mut write = |at: usize, number: i64| {
        let pair = PAIRS[usize::try_from(number).expect("two digits")];
        text[at..at + 2].copy_from_slice(&pair);
    };
    write(0, year / 100);
    write(2, year % 100);
    write(5, month);
    write(8, day);
    write(11, of_day / 3_600_000);
    write(14, of_day / 60_000 % 60);
    write(17, of_day / 1_000 % 60);
    write(21, of_day % 100);
    text[20] = PAIRS[usize::try_from(of_day % 1_000 / 100).expect("one digit")][1];
    Some(text)
}

/// The digits of every number below 100.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [*b"00"; 100];
    let mut number = 0;
    while number < 100 {
        pairs[number as usize] = [b'0' + number / 10, b'0' + number % 10];
        number += 1;
    }
    pairs
};

/// Year, month and day of a day counted from 1970-01-01, on the calendar that begins a year in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let from_march_0000 = days + 719_468;
    let era = from_march_0000 / 146_097;
    let day_of_era = from_march_0000 % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests;
