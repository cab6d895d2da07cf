//! Variables that the template itself declares.

use super::Halt;
use crate::Value;

/// Variables that one scope may declare: they are searched one after the other.
const VARIABLES_MAX: usize = 500;

/// What `{% set %}` at the top level declares, and the scopes of loops and macros inside each other.
#[derive(Debug, Default, Clone)]
pub(super) struct Scopes<'e> {
    globals: Bindings<'e>,
    locals: Vec<Scope<'e>>,
}

type Bindings<'e> = Vec<(&'e str, Value<'e>)>;

#[derive(Debug, Clone)]
struct Scope<'e> {
    bindings: Bindings<'e>,
    /// A macro sees its arguments and nothing around it.
    opaque: bool,
}

/// Where a name was found, or why the search ended.
pub(super) enum Found<'s, 'e> {
    Here(&'s Value<'e>),
    /// Not declared here: the variables of the environment are next.
    Outside,
    /// Not declared in a macro, which sees nothing else.
    Nowhere,
}

impl<'e> Scopes<'e> {
    pub(super) fn enter(&mut self, opaque: bool) {
        self.locals.push(Scope { bindings: Bindings::new(), opaque });
    }

    pub(super) fn leave(&mut self) {
        self.locals.pop();
    }

    pub(super) fn find(&self, name: &str) -> Found<'_, 'e> {
        for scope in self.locals.iter().rev() {
            if let Some((_, value)) = scope.bindings.iter().find(|(bound, _)| *bound == name) {
                return Found::Here(value);
            }
            if scope.opaque {
                return Found::Nowhere;
            }
        }
        match self.globals.iter().find(|(bound, _)| *bound == name) {
            Some((_, value)) => Found::Here(value),
            None => Found::Outside,
        }
    }

    /// Declares a name in the innermost scope.
    pub(super) fn declare(&mut self, name: &'e str, value: Value<'e>) -> Result<(), Halt> {
        let bindings = self.locals.last_mut().map_or(&mut self.globals, |scope| &mut scope.bindings);
        bind(bindings, name, value)
    }

    /// Assigns the nearest variable of that name; declares one when there is none. One of the environment is
    /// shadowed at the top level, so that the assignment outlives a loop.
    pub(super) fn assign(
        &mut self,
        name: &'e str,
        value: Value<'e>,
        in_environment: bool,
    ) -> Result<(), Halt> {
        for scope in self.locals.iter_mut().rev() {
            if let Some((_, bound)) = scope.bindings.iter_mut().find(|(bound, _)| *bound == name) {
                *bound = value;
                return Ok(());
            }
            if scope.opaque {
                return self.declare(name, value);
            }
        }
        if in_environment || self.globals.iter().any(|(bound, _)| *bound == name) {
            bind(&mut self.globals, name, value)
        } else {
            self.declare(name, value)
        }
    }

    /// All names in sight, for "did you mean".
    pub(super) fn names(&self) -> impl Iterator<Item = &'e str> {
        let sight = self.locals.iter().rposition(|scope| scope.opaque);
        let globals = if sight.is_some() { &[][..] } else { &self.globals };
        let locals = self.locals[sight.unwrap_or(0)..].iter().flat_map(|scope| &scope.bindings);
        locals.chain(globals).map(|&(name, _)| name)
    }

    /// Whether the variables of the environment are in sight.
    pub(super) fn sees_environment(&self) -> bool {
        !self.locals.iter().any(|scope| scope.opaque)
    }
}

fn bind<'e>(bindings: &mut Bindings<'e>, name: &'e str, value: Value<'e>) -> Result<(), Halt> {
    if let Some((_, bound)) = bindings.iter_mut().find(|(bound, _)| *bound == name) {
        *bound = value;
        return Ok(());
    }
    if bindings.len() == VARIABLES_MAX {
        return Err(Halt::failed(format!("More than {VARIABLES_MAX} variables in one scope")));
    }
    bindings.push((name, value));
    Ok(())
}
