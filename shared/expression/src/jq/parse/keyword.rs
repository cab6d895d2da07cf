//! What begins with a word: definitions, conditions, loops, calls.

use super::{Parsed, Parser};
use crate::jq::{
    refused,
    syntax::{Definition, Term},
};

impl Parser<'_> {
    pub(super) fn keyword(&mut self) -> Parsed<Term> {
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
            "import" | "include" => Err(refused::why(&name).unwrap_or_default()),
            "def" | "then" | "elif" | "else" | "end" | "as" | "catch" | "and" | "or" => {
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

    pub(super) fn definition(&mut self) -> Parsed<Definition> {
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
}
