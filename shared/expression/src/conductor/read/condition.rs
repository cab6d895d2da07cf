//! What stands in `[?(…)]`.

use super::{
    super::path::{Comparison, Condition, Operand, Pattern},
    Reader,
};

/// Longer ones before those that they begin with.
const SIGNS: [(&str, Comparison); 9] = [
    ("===", Comparison::Same),
    ("!==", Comparison::NotSame),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("=~", Comparison::Matches),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

const WORDS: [(&str, Comparison); 5] = [
    ("in", Comparison::In),
    ("nin", Comparison::NotIn),
    ("contains", Comparison::Contains),
    ("size", Comparison::Size),
    ("empty", Comparison::Empty),
];

const FLAGS: [char; 3] = ['i', 'm', 's'];

impl Reader<'_> {
    pub(super) fn condition(&mut self) -> Option<Condition> {
        self.joined("||", Condition::Any, |reader| {
            reader.joined("&&", Condition::All, Self::single_condition)
        })
    }

    fn joined(
        &mut self,
        sign: &str,
        join: impl FnOnce(Vec<Condition>) -> Condition,
        read: impl Fn(&mut Self) -> Option<Condition>,
    ) -> Option<Condition> {
        let first = read(self)?;
        let mut all = vec![first];
        while self.take_next(sign) {
            all.push(read(self)?);
        }
        if all.len() == 1 { all.pop() } else { Some(join(all)) }
    }

    fn single_condition(&mut self) -> Option<Condition> {
        let mut is_negated = false;
        while self.take_next("!") {
            is_negated = !is_negated;
        }
        let condition = if self.take_next("(") {
            let condition = self.inside(Self::condition)?;
            self.skip_blanks();
            self.expect(")")?;
            condition
        } else {
            self.comparison()?
        };
        Some(if is_negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn comparison(&mut self) -> Option<Condition> {
        let left = self.operand()?;
        self.skip_blanks();
        let Some(comparison) = self.sign().or_else(|| self.word()) else {
            return match left {
                Operand::Path(path) => Some(Condition::Exists(path)),
                Operand::Literal(_) | Operand::Pattern(_) => None,
            };
        };
        Some(Condition::Compares(left, comparison, self.operand()?))
    }

    fn sign(&mut self) -> Option<Comparison> {
        SIGNS.iter().find(|(sign, _)| self.take(sign)).map(|&(_, comparison)| comparison)
    }

    fn word(&mut self) -> Option<Comparison> {
        let start = self.at;
        let word = self.while_is(char::is_alphanumeric);
        let found = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        if found.is_none() {
            self.at = start;
        }
        found.map(|&(_, comparison)| comparison)
    }

    fn operand(&mut self) -> Option<Operand> {
        self.skip_blanks();
        Some(match self.peek()? {
            '$' | '@' => Operand::Path(self.path()?),
            '/' => Operand::Pattern(self.pattern()?),
            _ => Operand::Literal(self.literal()?),
        })
    }

    fn pattern(&mut self) -> Option<Pattern> {
        self.expect("/")?;
        let mut is_escaped = false;
        let end = self.rest().find(|letter| {
            let ends = letter == '/' && !is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            ends
        })?;
        let source = self.rest()[..end].to_owned();
        self.at += end + 1;
        let flags = self.while_is(|letter| FLAGS.contains(&letter)).to_owned();
        Some(Pattern { source, flags })
    }
}
