//! Java's `DateTimeFormatter` patterns, taken apart.

use crate::eval::Halt;

/// Bytes of a pattern.
const PATTERN_BYTES_MAX: usize = 500;
/// Optional parts inside each other.
const NESTING_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct Pattern(pub(super) Vec<Item>);

#[derive(Debug)]
pub(super) enum Item {
    /// A field and how often its letter was repeated.
    Field(Field, usize),
    Literal(String),
    /// `[…]`: always written, read when it is there.
    Optional(Vec<Item>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Era,
    Year,
    /// From 1 on, in each era.
    YearOfEra,
    /// The year that the week belongs to. Weeks are those of the United States: from Sunday, the first has January 1.
    WeekYear,
    WeekOfYear,
    WeekOfMonth,
    Quarter,
    Month,
    Day,
    DayOfYear,
    Weekday,
    /// Sunday is 1.
    WeekdayNumber,
    HalfOfDay,
    /// 0 to 23.
    Hour,
    /// 1 to 24.
    HourFromOne,
    /// 1 to 12.
    HourOfHalf,
    /// 0 to 11.
    HourOfHalfFromZero,
    Minute,
    Second,
    Fraction,
    Nanosecond,
    MillisecondOfDay,
    NanosecondOfDay,
    ZoneId,
    ZoneName,
    /// `GMT+8`
    LocalizedOffset,
    /// `+0200`, `GMT+02:00` or `+02:00`, by length.
    Offset,
    /// `Z` for none.
    OffsetOrZ,
    OffsetAlways,
}

/// Letters, what they stand for and how often they may be repeated.
const LETTERS: [(char, Field, usize); 32] = [
    ('G', Field::Era, 5),
    ('y', Field::YearOfEra, 19),
    ('u', Field::Year, 19),
    ('Y', Field::WeekYear, 19),
    ('w', Field::WeekOfYear, 2),
    ('W', Field::WeekOfMonth, 1),
    ('Q', Field::Quarter, 4),
    ('q', Field::Quarter, 4),
    ('M', Field::Month, 5),
    ('L', Field::Month, 5),
    ('d', Field::Day, 2),
    ('D', Field::DayOfYear, 3),
    ('E', Field::Weekday, 5),
    ('e', Field::WeekdayNumber, 5),
    ('c', Field::WeekdayNumber, 5),
    ('a', Field::HalfOfDay, 1),
    ('H', Field::Hour, 2),
    ('k', Field::HourFromOne, 2),
    ('h', Field::HourOfHalf, 2),
    ('K', Field::HourOfHalfFromZero, 2),
    ('m', Field::Minute, 2),
    ('s', Field::Second, 2),
    ('S', Field::Fraction, 9),
    ('n', Field::Nanosecond, 19),
    ('A', Field::MillisecondOfDay, 19),
    ('N', Field::NanosecondOfDay, 19),
    ('V', Field::ZoneId, 2),
    ('z', Field::ZoneName, 4),
    ('O', Field::LocalizedOffset, 4),
    ('Z', Field::Offset, 5),
    ('X', Field::OffsetOrZ, 5),
    ('x', Field::OffsetAlways, 5),
];

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, Halt> {
        if text.len() > PATTERN_BYTES_MAX {
            return Err(Halt::failed(format!("Date pattern longer than {PATTERN_BYTES_MAX} bytes")));
        }
        // The last one is open; the ones before it wait for its end.
        let mut open: Vec<Vec<Item>> = vec![Vec::new()];
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let item = match letter {
                '[' if open.len() > NESTING_MAX => return Err(wrong(text, "too many `[` inside each other")),
                '[' => {
                    open.push(Vec::new());
                    continue;
                }
                ']' => match open.pop() {
                    Some(inner) if !open.is_empty() => Item::Optional(inner),
                    _ => return Err(wrong(text, "`]` without `[`")),
                },
                '\'' => quoted(&mut letters).ok_or_else(|| wrong(text, "a quote is not closed"))?,
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while letters.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    field(letter, count).map_err(|why| wrong(text, &why))?
                }
                '{' | '}' | '#' => return Err(wrong(text, &format!("reserved character: '{letter}'"))),
                other => Item::Literal(other.to_string()),
            };
            open.last_mut().expect("the outermost is never closed").push(item);
        }
        match (open.pop(), open.is_empty()) {
            (Some(items), true) => Ok(Self(items)),
            _ => Err(wrong(text, "`[` without `]`")),
        }
    }
}

fn wrong(text: &str, why: &str) -> Halt {
    Halt::failed(format!("Invalid date format `{text}`: {why}"))
}

/// The text up to the closing quote; two quotes are one.
fn quoted(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Item> {
    if letters.next_if_eq(&'\'').is_some() {
        return Some(Item::Literal("'".to_owned()));
    }
    let mut text = String::new();
    loop {
        match letters.next()? {
            '\'' if letters.next_if_eq(&'\'').is_some() => text.push('\''),
            '\'' => return Some(Item::Literal(text)),
            other => text.push(other),
        }
    }
}

fn field(letter: char, count: usize) -> Result<Item, String> {
    let Some(&(_, field, count_max)) = LETTERS.iter().find(|(known, ..)| *known == letter) else {
        return Err(format!("Unknown pattern letter: {letter}"));
    };
    if count > count_max {
        return Err(format!("Too many pattern letters: {letter}"));
    }
    let odd = match field {
        Field::ZoneId => count != 2,
        Field::LocalizedOffset => count != 1 && count != 4,
        Field::WeekdayNumber => letter == 'c' && count == 2,
        _ => false,
    };
    if odd {
        Err(format!("Pattern letter count must be different: {letter}"))
    } else {
        Ok(Item::Field(field, count))
    }
}
