//! Reads calls of functions, macros and filters, and matches arguments with parameters.

use super::{
    Call, Expression, FilterCall, MACROS_MAX, MacroArguments, Node, Span,
    parser::{MacroSlot, Parser, Result},
    token::Kind,
};
use crate::{
    filters,
    functions::{self, Known},
    hint,
    invocation::Parameters,
};

/// Names of arguments that a message lists.
const NAMES_MAX: usize = 10;

impl Parser<'_> {
    /// `name(arguments)`.
    pub(super) fn call(&mut self) -> Result<Expression> {
        let name = self.advance().span;
        let text = name.of(self.source);
        let arguments = self.arguments()?;
        let call = match functions::find(text) {
            Known::Built(function) => {
                Call::Function { function, arguments: self.bind(function.parameters, arguments, name)? }
            }
            Known::NotBuilt(message) => return Err(self.error(name, message)),
            Known::Unknown => Call::Macro { index: self.macro_slot(text, name)?, arguments },
        };
        Ok(Expression { node: Node::Call(call), span: name.to(self.previous()) })
    }

    /// What follows `|`: a name, and arguments when there are any.
    pub(super) fn filter(&mut self) -> Result<FilterCall> {
        let name = self.expect(Kind::Name)?.span;
        let filter = filters::find(name.of(self.source)).map_err(|message| self.error(name, message))?;
        let arguments = if self.at_symbol("(") { self.arguments()? } else { MacroArguments::default() };
        let arguments = self.bind(filter.parameters, arguments, name)?;
        Ok(FilterCall { filter, arguments, span: name.to(self.previous()) })
    }

    /// The place of a macro in the tree, whether it is defined yet or not.
    pub(super) fn macro_slot(&mut self, name: &str, span: Span) -> Result<usize> {
        if let Some(index) = self.macros.iter().position(|slot| &*slot.name == name) {
            return Ok(index);
        }
        if self.macros.len() == MACROS_MAX {
            return Err(self.error(span, format!("More than {MACROS_MAX} macros")));
        }
        self.macros.push(MacroSlot { name: name.into(), first_seen: span, definition: None });
        Ok(self.macros.len() - 1)
    }

    /// `(positional, name=value)`: the named ones come last.
    fn arguments(&mut self) -> Result<MacroArguments> {
        let mut arguments = MacroArguments::default();
        self.expect(Kind::Symbol("("))?;
        while !self.at_symbol(")") {
            if self.peek().kind == Kind::Name && self.peek_second().kind == Kind::Symbol("=") {
                let name = self.name()?;
                self.advance();
                arguments.named.push((name, self.expression()?));
            } else if arguments.named.is_empty() {
                arguments.positional.push(self.expression()?);
            } else {
                let message = "Positional arguments must be declared before any named arguments.";
                return Err(self.error(self.peek().span, message));
            }
            if !self.eat(",") {
                break;
            }
        }
        self.expect(Kind::Symbol(")"))?;
        Ok(arguments)
    }

    /// The arguments of a method, which have no names.
    pub(super) fn positional(&mut self) -> Result<Vec<Expression>> {
        let start = self.peek().span;
        let arguments = self.arguments()?;
        match arguments.named.first() {
            None => Ok(arguments.positional),
            Some((name, _)) => {
                let none: [&str; 0] = [];
                Err(self.error(start.to(self.previous()), unknown_argument(name, none)))
            }
        }
    }

    fn bind(
        &self,
        parameters: Parameters,
        arguments: MacroArguments,
        call: Span,
    ) -> Result<Vec<Option<Expression>>> {
        let Parameters::Named(names) = parameters else {
            return match arguments.named.first() {
                None => Ok(arguments.positional.into_iter().map(Some).collect()),
                Some((name, value)) => {
                    let none: [&str; 0] = [];
                    Err(self.error(value.span, unknown_argument(name, none)))
                }
            };
        };
        if let Some(extra) = arguments.positional.get(names.len()) {
            let name = call.of(self.source);
            let message = match names {
                [] => format!("`{name}` takes no arguments"),
                names => format!("Too many arguments: `{name}` takes {}", names.join(", ")),
            };
            return Err(self.error(extra.span, message));
        }
        if arguments.positional.is_empty() && arguments.named.is_empty() {
            return Ok(Vec::new());
        }
        let mut bound: Vec<Option<Expression>> = arguments.positional.into_iter().map(Some).collect();
        bound.resize_with(names.len(), || None);
        for (name, value) in arguments.named {
            match names.iter().position(|parameter| **parameter == *name) {
                Some(index) => bound[index] = Some(value),
                None => return Err(self.error(value.span, unknown_argument(&name, names))),
            }
        }
        Ok(bound)
    }
}

/// Pebble's complaint about an argument that is not one of these.
pub(crate) fn unknown_argument<S: AsRef<str>>(name: &str, known: impl IntoIterator<Item = S>) -> String {
    let known: Vec<S> = known.into_iter().collect();
    let hint = match hint::did_you_mean(name, &known) {
        near if !near.is_empty() => near,
        _ if known.is_empty() => " (it takes none by name)".to_owned(),
        _ => {
            let names: Vec<&str> = known.iter().take(NAMES_MAX).map(AsRef::as_ref).collect();
            format!(" (known are {})", names.join(", "))
        }
    };
    format!("The following named argument does not exist: {name}{hint}")
}
