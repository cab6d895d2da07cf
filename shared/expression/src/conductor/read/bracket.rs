//! `['key']`, `[*]`, `[0]`, `[0,1]`, `[0:1]` and `[?(…)]`.

use super::{Reader, Step};

impl Reader<'_> {
    pub(super) fn bracket(&mut self) -> Option<Step> {
        self.expect("[")?;
        self.skip_blanks();
        let step = match self.peek()? {
            '\'' | '"' => self.keys()?,
            '*' => {
                self.at += 1;
                Step::All
            }
            '?' => {
                self.at += 1;
                self.skip_blanks();
                self.expect("(")?;
                let condition = self.inside(Self::condition)?;
                self.skip_blanks();
                self.expect(")")?;
                Step::Filter(condition)
            }
            _ => self.places()?,
        };
        self.skip_blanks();
        self.expect("]")?;
        Some(step)
    }

    fn keys(&mut self) -> Option<Step> {
        let mut keys = vec![self.quoted()?.into_boxed_str()];
        while self.take_next(",") {
            self.skip_blanks();
            keys.push(self.quoted()?.into_boxed_str());
        }
        Some(if keys.len() == 1 { Step::Key(keys.pop()?) } else { Step::Keys(keys) })
    }

    /// Indexes, or a slice.
    fn places(&mut self) -> Option<Step> {
        let first = self.place()?;
        if self.take_next(":") {
            let to = self.place()?;
            let step = if self.take_next(":") { self.place()? } else { None };
            let step = usize::try_from(step.unwrap_or(1)).ok().filter(|&step| step > 0)?;
            return Some(Step::Slice { from: first, to, step });
        }
        let mut indexes = vec![first?];
        while self.take_next(",") {
            indexes.push(self.place()??);
        }
        Some(if indexes.len() == 1 { Step::Index(indexes[0]) } else { Step::Indexes(indexes) })
    }

    /// A whole number, or none at all.
    fn place(&mut self) -> Option<Option<i64>> {
        self.skip_blanks();
        let digits = self.while_is(|letter| letter == '-' || letter.is_ascii_digit());
        if digits.is_empty() { Some(None) } else { digits.parse().ok().map(Some) }
    }
}
