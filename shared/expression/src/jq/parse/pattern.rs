//! What `as` takes apart.

use super::{Parsed, Parser, plain};
use crate::jq::syntax::Pattern;

impl Parser<'_> {
    /// `$x`, `[$x, $y]`, `{a: $x}`, and others to try when what follows fails, each after `?//`.
    pub(super) fn patterns(&mut self) -> Parsed<Vec<Pattern>> {
        let mut patterns = vec![self.deeper(Self::pattern)?];
        while self.sign("?//") {
            patterns.push(self.deeper(Self::pattern)?);
        }
        Ok(patterns)
    }

    pub(super) fn pattern(&mut self) -> Parsed<Pattern> {
        if self.sign("[") {
            let mut items = vec![self.deeper(Self::pattern)?];
            while self.sign(",") {
                items.push(self.deeper(Self::pattern)?);
            }
            self.expect("]")?;
            return Ok(Pattern::Array(items));
        }
        if !self.sign("{") {
            return Ok(Pattern::Variable(self.variable()?));
        }
        let mut entries = Vec::new();
        loop {
            self.space();
            if self.rest().starts_with('$') {
                let name = self.variable()?;
                entries.push((plain(name.clone()), Pattern::Variable(name)));
            } else {
                let key = self.key()?;
                self.expect(":")?;
                entries.push((key, self.deeper(Self::pattern)?));
            }
            if !self.sign(",") {
                break;
            }
        }
        self.expect("}")?;
        Ok(Pattern::Object(entries))
    }
}
