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
        let first = if self.is_number_next() { Some(self.whole()?) } else { None };
        if self.take_next(":") {
            let to = if self.is_number_next() { Some(self.whole()?) } else { None };
            let is_stepping = self.take_next(":") && self.is_number_next();
            let step = if is_stepping { usize::try_from(self.whole()?).ok()? } else { 1 };
            return (step > 0).then_some(Step::Slice { from: first, to, step });
        }
        let mut indexes = vec![first?];
        while self.take_next(",") {
            self.skip_blanks();
            indexes.push(self.whole()?);
        }
        Some(if indexes.len() == 1 { Step::Index(indexes[0]) } else { Step::Indexes(indexes) })
    }

    fn is_number_next(&mut self) -> bool {
        self.skip_blanks();
        self.rest().starts_with(|letter: char| letter == '-' || letter.is_ascii_digit())
    }

    fn whole(&mut self) -> Option<i64> {
        self.while_is(|letter| letter == '-' || letter.is_ascii_digit()).parse().ok()
    }
}
