//! Reading a path. Nothing is told about one that cannot be read: it gives null.

mod bracket;
mod condition;
mod literal;

use super::{
    NESTING_MAX,
    path::{Argument, Function, Origin, Path, Step},
};

/// What ends a name inside of a filter or a call, where a path is not alone.
const AFTER_NAME: [char; 12] = [')', ']', ',', '&', '|', '=', '<', '>', '!', '~', '\'', '"'];

/// Reads a path that is a whole text.
pub(super) fn path(text: &str) -> Option<Path> {
    let mut reader = Reader { text: text.trim(), at: 0, levels: NESTING_MAX, is_whole: true };
    let path = if reader.text.starts_with(['$', '@']) {
        reader.path()?
    } else {
        // Jayway puts `$.` before it.
        let mut steps = Vec::new();
        reader.after_dot(&mut steps)?;
        reader.steps(&mut steps)?;
        Path { origin: Origin::Document, steps }
    };
    reader.is_at_end().then_some(Path { origin: Origin::Document, ..path })
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// How much deeper it may nest.
    levels: usize,
    /// Whether the path is all that there is, and not part of a filter or a call.
    is_whole: bool,
}

impl Reader<'_> {
    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn expect(&mut self, expected: &str) -> Option<()> {
        self.take(expected).then_some(())
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// As [`Self::take`], with blanks before it.
    fn take_next(&mut self, expected: &str) -> bool {
        self.skip_blanks();
        self.take(expected)
    }

    /// What stands here and satisfies a condition, letter by letter.
    fn while_is(&mut self, is: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        self.at += self.rest().find(|letter| !is(letter)).unwrap_or(self.rest().len());
        &self.text[start..self.at]
    }

    /// Reads something one level deeper, where paths are not alone.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let outside = (self.levels, self.is_whole);
        self.levels = self.levels.checked_sub(1)?;
        self.is_whole = false;
        let found = read(self);
        (self.levels, self.is_whole) = outside;
        found
    }

    /// `$…` or `@…`.
    fn path(&mut self) -> Option<Path> {
        let origin = if self.take("$") {
            Origin::Document
        } else {
            self.expect("@")?;
            Origin::Current
        };
        let mut steps = Vec::new();
        self.steps(&mut steps)?;
        Some(Path { origin, steps })
    }

    fn steps(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        loop {
            match self.peek() {
                Some('[') => steps.push(self.bracket()?),
                Some('.') => {
                    self.at += 1;
                    if self.take(".") {
                        steps.push(Step::Below);
                    }
                    self.after_dot(steps)?;
                }
                Some(_) | None => return Some(()),
            }
        }
    }

    /// `name`, `name()`, `*` or `[…]`.
    fn after_dot(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        let step = match self.peek()? {
            '[' => self.bracket()?,
            '*' => {
                self.at += 1;
                Step::All
            }
            _ => self.name()?,
        };
        steps.push(step);
        Some(())
    }

    fn name(&mut self) -> Option<Step> {
        let is_whole = self.is_whole;
        let ends = |letter: char| {
            matches!(letter, '.' | '[' | '(' | ' ')
                || (!is_whole && (letter.is_whitespace() || AFTER_NAME.contains(&letter)))
        };
        let name: Box<str> = self.while_is(|letter| !ends(letter)).into();
        if name.is_empty() {
            return None;
        }
        if self.take("(") {
            return Some(Step::Call(function(&name)?, self.inside(Self::arguments)?));
        }
        Some(Step::Key(name))
    }

    /// What stands between the parentheses of a call, and the closing one.
    fn arguments(&mut self) -> Option<Vec<Argument>> {
        let mut arguments = Vec::new();
        if self.take_next(")") {
            return Some(arguments);
        }
        loop {
            self.skip_blanks();
            arguments.push(match self.peek()? {
                '$' | '@' => Argument::Path(self.path()?),
                _ => Argument::Literal(self.literal()?),
            });
            if self.take_next(")") {
                return Some(arguments);
            }
            self.expect(",")?;
        }
    }
}

fn function(name: &str) -> Option<Function> {
    Some(match name {
        "avg" => Function::Average,
        "concat" => Function::Concat,
        "first" => Function::First,
        "keys" => Function::Keys,
        "last" => Function::Last,
        "length" | "size" => Function::Length,
        "max" => Function::Max,
        "min" => Function::Min,
        "sum" => Function::Sum,
        _ => return None,
    })
}
