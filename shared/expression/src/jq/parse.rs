//! Reads a jq program. Every bracket, sign and keyword counts as a level, so that no program can overflow the stack.

mod keyword;
mod literal;
mod object;
mod pattern;
mod sign;

use super::syntax::{Change, Operator, Piece, Step, Term};
use crate::Value;

/// Bytes of a program.
const PROGRAM_BYTES_MAX: usize = 16 << 10;
/// Brackets, signs and keywords inside each other.
const NESTING_MAX: usize = 40;

type Parsed<T> = Result<T, String>;

pub(super) fn parse(source: &str) -> Parsed<Term> {
    if source.len() > PROGRAM_BYTES_MAX {
        return Err(format!("longer than {PROGRAM_BYTES_MAX} bytes"));
    }
    let mut parser = Parser { source, at: 0, depth: 0 };
    let term = parser.pipe()?;
    parser.space();
    if parser.at < source.len() { parser.unexpected("the end") } else { Ok(term) }
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

/// Binary operators from the loosest to the tightest.
const LEVELS: [&[(&str, Operator)]; 5] = [
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::Unequal),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

const CHANGES: [(&str, Change); 8] = [
    ("|=", Change::Modify),
    ("//=", Change::Default),
    ("+=", Change::Compute(Operator::Add)),
    ("-=", Change::Compute(Operator::Subtract)),
    ("*=", Change::Compute(Operator::Multiply)),
    ("/=", Change::Compute(Operator::Divide)),
    ("%=", Change::Compute(Operator::Remainder)),
    ("=", Change::Assign),
];

impl Parser<'_> {
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= NESTING_MAX {
            return Err(format!("nested deeper than {NESTING_MAX} levels"));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn pipe(&mut self) -> Parsed<Term> {
        self.deeper(|parser| {
            let mut definitions = Vec::new();
            while parser.word("def") {
                definitions.push(parser.definition()?);
            }
            let mut stages = vec![parser.comma()?];
            while parser.sign("|") {
                // A definition or a binding in the middle takes all that follows, one level deeper.
                parser.space();
                if parser.peek_name() == "def" {
                    stages.push(parser.pipe()?);
                    break;
                }
                stages.push(parser.comma()?);
            }
            let body = one_or(stages, Term::Pipe);
            Ok(if definitions.is_empty() { body } else { Term::Define(definitions, Box::new(body)) })
        })
    }

    fn comma(&mut self) -> Parsed<Term> {
        let mut terms = vec![self.change()?];
        while self.sign(",") {
            terms.push(self.change()?);
        }
        Ok(one_or(terms, Term::Comma))
    }

    fn change(&mut self) -> Parsed<Term> {
        let path = self.alternative()?;
        match CHANGES.iter().find(|(sign, _)| self.sign(sign)) {
            Some((_, change)) => Ok(Term::Update(Box::new(path), *change, Box::new(self.alternative()?))),
            None => Ok(path),
        }
    }

    fn alternative(&mut self) -> Parsed<Term> {
        let mut terms = vec![self.chain(0)?];
        while self.sign("//") {
            terms.push(self.chain(0)?);
        }
        Ok(one_or(terms, Term::Alternative))
    }

    fn chain(&mut self, level: usize) -> Parsed<Term> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let first = self.chain(level + 1)?;
        let mut links = Vec::new();
        while let Some((_, operator)) = operators.iter().find(|(sign, _)| {
            if sign.as_bytes()[0].is_ascii_alphabetic() { self.word(sign) } else { self.sign(sign) }
        }) {
            links.push((*operator, self.chain(level + 1)?));
        }
        Ok(if links.is_empty() { first } else { Term::Chain(Box::new(first), links) })
    }

    fn unary(&mut self) -> Parsed<Term> {
        if self.sign("-") {
            return Ok(Term::Negate(Box::new(self.deeper(Self::unary)?)));
        }
        let term = self.postfix()?;
        if !self.word("as") {
            return Ok(term);
        }
        let patterns = self.patterns()?;
        self.expect("|")?;
        Ok(Term::Bind(Box::new(term), patterns, Box::new(self.pipe()?)))
    }

    /// A key of an object: a name, a text, or a term in brackets.
    fn key(&mut self) -> Parsed<Term> {
        self.space();
        if self.sign("(") {
            let term = self.pipe()?;
            self.expect(")")?;
            return Ok(term);
        }
        if self.rest().starts_with(['"', '@']) { self.text() } else { Ok(plain(self.name()?)) }
    }

    fn postfix(&mut self) -> Parsed<Term> {
        self.space();
        let mut steps = Vec::new();
        let begins_path = self.rest().starts_with('.') && !self.rest().starts_with("..");
        let term = if begins_path {
            self.at += 1;
            if self.peek_name().is_empty() {
                if self.rest().starts_with('"') {
                    steps.push(Step::Index(self.text()?));
                }
            } else {
                steps.push(Step::Index(plain(self.name()?)));
            }
            Term::Identity
        } else {
            self.primary()?
        };
        loop {
            if self.sign("?") {
                steps.push(Step::Optional);
            } else if self.sign("[") {
                steps.push(self.bracket()?);
            } else if self.rest().starts_with('.') && !self.rest().starts_with("..") {
                self.at += 1;
                self.space();
                if self.sign("[") {
                    steps.push(self.bracket()?);
                } else if self.rest().starts_with('"') {
                    steps.push(Step::Index(self.text()?));
                } else {
                    steps.push(Step::Index(plain(self.name()?)));
                }
            } else {
                return Ok(if steps.is_empty() { term } else { Term::Path(Box::new(term), steps) });
            }
        }
    }

    fn bracket(&mut self) -> Parsed<Step> {
        if self.sign("]") {
            return Ok(Step::Iterate);
        }
        let start = if self.sign(":") {
            None
        } else {
            let index = self.pipe()?;
            if self.sign("]") {
                return Ok(Step::Index(index));
            }
            self.expect(":")?;
            Some(index)
        };
        let end = if start.is_some() && self.sign("]") {
            return Ok(Step::Slice(start, None));
        } else {
            self.pipe()?
        };
        self.expect("]")?;
        Ok(Step::Slice(start, Some(end)))
    }

    fn primary(&mut self) -> Parsed<Term> {
        let rest = self.rest();
        match rest.bytes().next() {
            Some(b'.') => {
                self.at += 2;
                Ok(Term::Recurse)
            }
            Some(b'"' | b'@') => self.text(),
            Some(b'0'..=b'9') => self.number(),
            Some(b'$') if rest.starts_with("$__loc__") => {
                let line = self.source[..self.at].matches('\n').count() + 1;
                self.at += "$__loc__".len();
                let line = Value::Integer(i64::try_from(line).unwrap_or(i64::MAX));
                let entries = [("file", plain("<top-level>".to_owned())), ("line", Term::Number(line))];
                Ok(Term::Object(entries.map(|(key, value)| (plain(key.to_owned()), value)).into()))
            }
            Some(b'$') => Ok(Term::Variable(self.variable()?)),
            Some(b'(') => {
                self.at += 1;
                let term = self.pipe()?;
                self.expect(")")?;
                Ok(term)
            }
            Some(b'[') => {
                self.at += 1;
                if self.sign("]") {
                    return Ok(Term::Array(None));
                }
                let items = self.pipe()?;
                self.expect("]")?;
                Ok(Term::Array(Some(Box::new(items))))
            }
            Some(b'{') => self.object(),
            _ => self.keyword(),
        }
    }
}

fn plain(text: String) -> Term {
    Term::Text(None, vec![Piece::Plain(text)])
}

fn one_or(mut terms: Vec<Term>, many: impl FnOnce(Vec<Term>) -> Term) -> Term {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        last => {
            terms.extend(last);
            many(terms)
        }
    }
}
