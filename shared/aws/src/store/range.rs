//! A range as a condition of `DynamoDB`.
//!
//! A condition on a sort key is one comparison. One that has both a prefix and a place to go on from becomes
//! `BETWEEN`, which takes in both ends, and so the ends are left out again when the page is read ([`Bounds::holds`]).

use ports::store::{Direction, Error, KEY_BYTES_MAX, PAGE_ITEMS_MAX, Range};

/// What a query asks of the sort key of the table or of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds<'a> {
    prefix: &'a str,
    after: Option<&'a str>,
    direction: Direction,
    /// At most [`PAGE_ITEMS_MAX`]; 0 when nothing can stand there.
    pub(super) limit: usize,
}

/// A comparison with `:from`, or with `:from` and `:to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    /// With `#sort` for the name of the sort key.
    pub(super) expression: &'static str,
    pub(super) from: String,
    pub(super) to: Option<String>,
}

impl<'a> Bounds<'a> {
    /// # Errors
    /// [`Error::TooLarge`] for a place to go on from that no key can have: the service refuses to compare with it.
    pub(super) fn new(range: Range<'a>) -> Result<Self, Error> {
        let Range { prefix, after, direction, limit } = range;
        if after.is_some_and(|after| after.len() > KEY_BYTES_MAX) {
            return Err(Error::TooLarge(format!(
                "the place to go on from has at most {KEY_BYTES_MAX} bytes"
            )));
        }
        // The service takes no empty text, nor bounds that lie the wrong way round.
        let outside = after.filter(|after| after.is_empty() || !after.starts_with(prefix));
        let all_follow = match (outside, direction) {
            (None, _) => true,
            (Some(outside), Direction::Ascending) => outside <= prefix,
            (Some(outside), Direction::Descending) => outside > prefix,
        };
        let nothing = prefix.len() > KEY_BYTES_MAX || !all_follow;
        Ok(Self {
            prefix,
            after: after.filter(|_| outside.is_none()),
            direction,
            limit: if nothing { 0 } else { limit.min(PAGE_ITEMS_MAX) },
        })
    }

    pub(super) fn ascending(&self) -> bool {
        self.direction == Direction::Ascending
    }

    /// What the sort key is compared with; `None` when everything in the partition will do.
    pub(super) fn comparison(&self) -> Option<Comparison> {
        let single =
            |expression, from: &str| Some(Comparison { expression, from: from.to_owned(), to: None });
        match (self.after, self.direction) {
            (None, _) if self.prefix.is_empty() => None,
            (None, _) => single("begins_with(#sort, :from)", self.prefix),
            (Some(after), Direction::Descending) if self.prefix.is_empty() => single("#sort < :from", after),
            (Some(after), Direction::Descending) => Some(between(self.prefix, after.to_owned())),
            (Some(after), Direction::Ascending) => match behind_prefix(self.prefix) {
                Some(end) => Some(between(after, end)),
                None => single("#sort > :from", after),
            },
        }
    }

    /// Whether a text that the comparison let through is in the range.
    pub(super) fn holds(&self, text: &str) -> bool {
        text.starts_with(self.prefix) && self.after.is_none_or(|after| text != after)
    }

    /// How many of what the comparison lets through may not hold, in a partition without two of the same text.
    pub(super) fn ends(&self) -> usize {
        self.comparison().filter(|comparison| comparison.to.is_some()).map_or(0, |_| 1)
    }
}

fn between(from: &str, to: String) -> Comparison {
    Comparison { expression: "#sort BETWEEN :from AND :to", from: from.to_owned(), to: Some(to) }
}

/// The first text after all that start with the prefix, or a later one; `None` when there is none that a key may have.
/// The order of UTF-8 bytes is the order of characters.
fn behind_prefix(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        if let Some(next) = (last..=char::MAX).nth(1) {
            let text: String = characters.iter().copied().chain([next]).collect();
            // The next character may be a byte longer than the last one.
            if text.len() <= KEY_BYTES_MAX {
                return Some(text);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(
        prefix: &str,
        after: Option<&str>,
        direction: Direction,
    ) -> Option<(String, String, String)> {
        let bounds = Bounds::new(Range { prefix, after, direction, limit: 1 }).unwrap();
        let Comparison { expression, from, to } = bounds.comparison()?;
        let operator = expression.replace("#sort", "").replace(":from", "").replace(":to", "");
        Some((operator.trim().to_owned(), from, to.unwrap_or_default()))
    }

    #[test]
    fn a_range_is_one_comparison() {
        use Direction::{Ascending, Descending};
        let is = |operator: &str, from: &str, to: &str| {
            Some((operator.to_owned(), from.to_owned(), to.to_owned()))
        };
        assert_eq!(comparison("", None, Ascending), None);
        assert_eq!(comparison("a/", None, Descending), is("begins_with(, )", "a/", ""));
        assert_eq!(comparison("", Some("b"), Ascending), is(">", "b", ""));
        assert_eq!(comparison("", Some("b"), Descending), is("<", "b", ""));
        assert_eq!(comparison("a", Some("ab"), Ascending), is("BETWEEN  AND", "ab", "b"));
        assert_eq!(comparison("a", Some("ab"), Descending), is("BETWEEN  AND", "a", "ab"));
        assert_eq!(comparison("", Some(""), Ascending), None);
        // What does not start with the prefix stands before or behind all that do.
        assert_eq!(comparison("b", Some("a"), Ascending), is("begins_with(, )", "b", ""));
        assert_eq!(comparison("b", Some("c"), Descending), is("begins_with(, )", "b", ""));
        let last = char::MAX.to_string();
        assert_eq!(comparison(&last, Some(&last), Ascending), is(">", &last, ""));
    }

    #[test]
    fn no_key_is_too_long_to_be_compared_with() {
        let longest = "\u{7f}".repeat(KEY_BYTES_MAX);
        let (_, _, end) = comparison(&longest, Some(&longest), Direction::Ascending).unwrap();
        assert_eq!((end.len(), end > longest), (KEY_BYTES_MAX, true));
        let too_long = "a".repeat(KEY_BYTES_MAX + 1);
        let range = Range { prefix: &too_long, after: None, direction: Direction::Ascending, limit: 5 };
        assert_eq!(Bounds::new(range).unwrap().limit, 0);
        for (after, direction) in [("c", Direction::Ascending), ("", Direction::Descending)] {
            let range = Range { prefix: "b", after: Some(after), direction, limit: 5 };
            assert_eq!(Bounds::new(range).unwrap().limit, 0);
        }
        let range = Range { prefix: "", after: Some(&too_long), ..range };
        assert!(matches!(Bounds::new(range), Err(Error::TooLarge(_))));
    }

    #[test]
    fn the_ends_do_not_hold() {
        let range = Range { prefix: "a", after: Some("ab"), direction: Direction::Ascending, limit: 1 };
        let bounds = Bounds::new(range).unwrap();
        assert_eq!(["ab", "ab!", "ac", "b"].map(|text| bounds.holds(text)), [false, true, true, false]);
    }
}
