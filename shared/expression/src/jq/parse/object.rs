//! Objects.

use super::{Parsed, Parser, one_or, plain};
use crate::jq::syntax::{Piece, Step, Term};

impl Parser<'_> {
    pub(super) fn object(&mut self) -> Parsed<Term> {
        self.at += 1;
        let mut entries = Vec::new();
        while !self.sign("}") {
            self.space();
            if self.rest().starts_with('$') {
                let name = self.variable()?;
                entries.push((plain(name.clone()), Term::Variable(name)));
            } else {
                let is_term = self.rest().starts_with('(');
                let key = self.key()?;
                if is_term || {
                    self.space();
                    self.rest().starts_with(':')
                } {
                    self.expect(":")?;
                    entries.push((key, self.deeper(Self::object_value)?));
                } else if let Term::Text(None, pieces) = &key
                    && let [Piece::Plain(name)] = &pieces[..]
                {
                    let step = Step::Index(plain(name.clone()));
                    entries.push((key, Term::Path(Box::new(Term::Identity), vec![step])));
                } else {
                    return self.unexpected("`:`");
                }
            }
            if !self.sign(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Term::Object(entries))
    }

    /// All but commas, which part the entries.
    fn object_value(&mut self) -> Parsed<Term> {
        let mut stages = vec![self.alternative()?];
        while self.sign("|") {
            stages.push(self.alternative()?);
        }
        Ok(one_or(stages, Term::Pipe))
    }
}
