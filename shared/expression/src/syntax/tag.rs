//! Reads tags: `{% if … %}` and its like.

use super::{
    Block, MACROS_MAX, Macro, Statement,
    parser::{Parser, Result},
    token::Kind,
};
use crate::hint;

pub(crate) const TAGS: [&str; 8] = ["if", "for", "set", "macro", "block", "filter", "raw", "verbatim"];

/// Pebble's tags that Kestra has taken out: its templates have no other templates and no threads.
const REMOVED: [&str; 9] =
    ["autoescape", "cache", "embed", "extends", "flush", "from", "import", "include", "parallel"];

impl Parser<'_> {
    /// One tag with its body.
    pub(super) fn tag(&mut self) -> Result<Statement> {
        self.expect(Kind::TagOpen)?;
        let name = self.expect(Kind::Name)?.span;
        match name.of(self.source) {
            "if" => self.tag_if(),
            "for" => self.tag_for(),
            "set" => self.tag_set(),
            "block" => self.tag_block(),
            "filter" => self.tag_filter(),
            "macro" => self.tag_macro(),
            other => {
                let hint = if REMOVED.contains(&other) {
                    " (Kestra does not have this tag of Pebble)".to_owned()
                } else {
                    hint::did_you_mean(other, TAGS)
                };
                Err(self.error(name, format!("Unexpected tag name \"{other}\"{hint}")))
            }
        }
    }

    fn tag_if(&mut self) -> Result<Statement> {
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        loop {
            let condition = self.expression()?;
            self.expect(Kind::TagClose)?;
            branches.push((condition, self.body(&["elseif", "else", "endif"])?));
            self.expect(Kind::TagOpen)?;
            if self.eat_name("elseif") {
                continue;
            }
            if self.eat_name("else") {
                self.expect(Kind::TagClose)?;
                otherwise = self.body(&["endif"])?;
                self.expect(Kind::TagOpen)?;
            }
            self.end(false)?;
            return Ok(Statement::If { branches, otherwise });
        }
    }

    fn tag_for(&mut self) -> Result<Statement> {
        let variable = self.name()?;
        if !self.eat_name("in") {
            let span = self.peek().span;
            return Err(self.error(span, format!("Expected `in`: write `for {variable} in list`")));
        }
        let iterable = self.expression()?;
        self.expect(Kind::TagClose)?;
        let body = self.body(&["else", "endfor"])?;
        let mut otherwise = Vec::new();
        self.expect(Kind::TagOpen)?;
        if self.eat_name("else") {
            self.expect(Kind::TagClose)?;
            otherwise = self.body(&["endfor"])?;
            self.expect(Kind::TagOpen)?;
        }
        self.end(false)?;
        Ok(Statement::For { variable, iterable, body, otherwise })
    }

    fn tag_set(&mut self) -> Result<Statement> {
        let name = self.name()?;
        self.expect(Kind::Symbol("="))?;
        let value = self.expression()?;
        self.expect(Kind::TagClose)?;
        Ok(Statement::Set { name, value })
    }

    fn tag_block(&mut self) -> Result<Statement> {
        let name = if let Kind::String(_) = self.peek().kind {
            self.advance().span.of(self.source).into()
        } else {
            self.name()?
        };
        self.expect(Kind::TagClose)?;
        let body = self.body(&["endblock"])?;
        self.expect(Kind::TagOpen)?;
        self.end(true)?;
        self.blocks.push(Block { name, body });
        Ok(Statement::Block(self.blocks.len() - 1))
    }

    fn tag_filter(&mut self) -> Result<Statement> {
        let mut filters = vec![self.filter()?];
        while self.eat("|") {
            filters.push(self.filter()?);
        }
        self.expect(Kind::TagClose)?;
        let body = self.body(&["endfilter"])?;
        self.expect(Kind::TagOpen)?;
        self.end(false)?;
        Ok(Statement::Filter { filters, body })
    }

    fn tag_macro(&mut self) -> Result<Statement> {
        let span = self.peek().span;
        let name = self.name()?;
        let mut parameters = Vec::new();
        self.expect(Kind::Symbol("("))?;
        while !self.at_symbol(")") {
            let parameter = self.name()?;
            let default = if self.eat("=") { Some(self.expression()?) } else { None };
            if parameters.len() == MACROS_MAX {
                return Err(self.error(span, format!("More than {MACROS_MAX} parameters")));
            }
            parameters.push((parameter, default));
            if !self.eat(",") {
                break;
            }
        }
        self.expect(Kind::Symbol(")"))?;
        self.expect(Kind::TagClose)?;
        let body = self.body(&["endmacro"])?;
        self.expect(Kind::TagOpen)?;
        self.end(true)?;
        let index = self.macro_slot(&name, span)?;
        let slot = &mut self.macros[index];
        if slot.definition.is_some() {
            return Err(self.error(span, format!("More than one macro can not share the same name: {name}")));
        }
        slot.definition = Some(Macro { name, parameters, body });
        Ok(Statement::Macro(index))
    }

    /// The closing tag, on whose name [`Parser::body`] stopped; `endblock` and `endmacro` may repeat theirs.
    fn end(&mut self, may_be_named: bool) -> Result<()> {
        self.expect(Kind::Name)?;
        if may_be_named && self.peek().kind == Kind::Name {
            self.advance();
        }
        self.expect(Kind::TagClose)?;
        Ok(())
    }
}
