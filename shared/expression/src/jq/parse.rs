//! Reads a jq program. Every bracket, sign and keyword counts as a level, so that no program can overflow the stack.

mod literal;

use super::syntax::{Change, Definition, Operator, Pattern, Piece, Step, Term};

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

impl<'s> Parser<'s> {
    fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let found: String = self.rest().chars().take(20).collect();
        let found = if found.is_empty() { "the end".to_owned() } else { format!("`{found}`") };
        Err(format!("expected {expected} instead of {found} at byte {}", self.at))
    }

    /// Takes a sign, not being the beginning of a longer one.
    fn sign(&mut self, sign: &str) -> bool {
        self.space();
        let Some(after) = self.rest().strip_prefix(sign) else { return false };
        let longer = match sign {
            "|" | "+" | "-" | "*" | "%" | "=" | "//" => after.starts_with('='),
            "/" => after.starts_with(['/', '=']),
            "." => after.starts_with('.'),
            _ => false,
        };
        if !longer {
            self.at += sign.len();
        }
        !longer
    }

    fn expect(&mut self, sign: &str) -> Parsed<()> {
        let found = if sign.as_bytes()[0].is_ascii_alphabetic() { self.word(sign) } else { self.sign(sign) };
        if found { Ok(()) } else { self.unexpected(&format!("`{sign}`")) }
    }

    fn word(&mut self, word: &str) -> bool {
        self.space();
        let found = self.peek_name() == word;
        if found {
            self.at += word.len();
        }
        found
    }

    fn peek_name(&self) -> &'s str {
        let rest = self.rest();
        let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len());
        if rest.starts_with(|c: char| c.is_ascii_digit()) { "" } else { &rest[..end] }
    }

    fn name(&mut self) -> Parsed<String> {
        let name = self.peek_name();
        if name.is_empty() {
            return self.unexpected("a name");
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn variable(&mut self) -> Parsed<String> {
        self.expect("$")?;
        self.name()
    }

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

    fn definition(&mut self) -> Parsed<Definition> {
        self.space();
        let name = self.name()?;
        let mut parameters = Vec::new();
        if self.sign("(") {
            loop {
                let sign = if self.sign("$") { "$" } else { "" };
                self.space();
                parameters.push(format!("{sign}{}", self.name()?));
                if !self.sign(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let body = self.pipe()?;
        self.expect(";")?;
        Ok(Definition { name, parameters, body })
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
        let pattern = self.deeper(Self::pattern)?;
        self.expect("|")?;
        Ok(Term::Bind(Box::new(term), pattern, Box::new(self.pipe()?)))
    }

    fn pattern(&mut self) -> Parsed<Pattern> {
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

    fn object(&mut self) -> Parsed<Term> {
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

    fn keyword(&mut self) -> Parsed<Term> {
        let name = self.name().or_else(|_| self.unexpected("a term"))?;
        match &*name {
            "if" => self.condition(),
            "try" => {
                let body = self.deeper(Self::postfix)?;
                let handler =
                    if self.word("catch") { Some(Box::new(self.deeper(Self::postfix)?)) } else { None };
                Ok(Term::Try(Box::new(body), handler))
            }
            "reduce" | "foreach" => {
                let source = self.deeper(Self::postfix)?;
                self.expect("as")?;
                let pattern = self.deeper(Self::pattern)?;
                self.expect("(")?;
                let start = self.pipe()?;
                self.expect(";")?;
                let both = Box::new([start, self.pipe()?]);
                let last =
                    if name == "foreach" && self.sign(";") { Some(Box::new(self.pipe()?)) } else { None };
                self.expect(")")?;
                let source = Box::new(source);
                Ok(if name == "reduce" {
                    Term::Reduce(source, pattern, both)
                } else {
                    Term::Foreach(source, pattern, both, last)
                })
            }
            "label" => {
                let label = self.variable()?;
                self.expect("|")?;
                Ok(Term::Label(label, Box::new(self.pipe()?)))
            }
            "break" => Ok(Term::Break(self.variable()?)),
            "def" | "then" | "elif" | "else" | "end" | "as" | "catch" | "import" | "include" | "and"
            | "or" => {
                self.at -= name.len();
                self.unexpected("a term")
            }
            _ => {
                let mut arguments = Vec::new();
                if self.sign("(") {
                    arguments.push(self.pipe()?);
                    while self.sign(";") {
                        arguments.push(self.pipe()?);
                    }
                    self.expect(")")?;
                }
                Ok(Term::Call(name, arguments))
            }
        }
    }

    fn condition(&mut self) -> Parsed<Term> {
        let mut branches = Vec::new();
        loop {
            let condition = self.pipe()?;
            self.expect("then")?;
            branches.push((condition, self.pipe()?));
            if !self.word("elif") {
                break;
            }
        }
        let otherwise = if self.word("else") { Some(Box::new(self.pipe()?)) } else { None };
        self.expect("end")?;
        Ok(Term::If(branches, otherwise))
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
