//! The names in sight: variables, functions, labels. A scope borrows from the one around it.

use super::syntax::{Definition, Term};
use crate::Value;

#[derive(Clone)]
pub(super) enum Entry<'s, 'e> {
    Variable(&'s str, Value<'e>),
    /// It sees the scope that it stands in, and so itself.
    Function(&'s Definition),
    /// An argument: a term, and what its names mean.
    Closure(&'s str, &'s Term, &'s Scope<'s, 'e>),
    Label(&'s str, usize),
}

#[derive(Default)]
pub(super) struct Scope<'s, 'e> {
    around: Option<&'s Scope<'s, 'e>>,
    entries: Vec<Entry<'s, 'e>>,
}

impl<'s, 'e> Scope<'s, 'e> {
    pub(super) fn with<'i>(&'i self, entries: Vec<Entry<'i, 'e>>) -> Scope<'i, 'e>
    where
        's: 'i,
    {
        Scope { around: Some(self), entries }
    }

    /// The innermost entry that something is found for, and the scope it stands in.
    fn find<T>(&self, found: impl Fn(&Entry<'s, 'e>) -> Option<T>) -> Option<T> {
        let mut scope = self;
        loop {
            if let Some(found) = scope.entries.iter().rev().find_map(&found) {
                return Some(found);
            }
            scope = scope.around?;
        }
    }

    pub(super) fn variable(&self, name: &str) -> Option<Value<'e>> {
        self.find(|entry| match entry {
            Entry::Variable(known, value) if *known == name => Some(value.clone()),
            Entry::Variable(..) | Entry::Function(_) | Entry::Closure(..) | Entry::Label(..) => None,
        })
    }

    pub(super) fn label(&self, name: &str) -> Option<usize> {
        self.find(|entry| match entry {
            Entry::Label(known, label) if *known == name => Some(*label),
            Entry::Variable(..) | Entry::Function(_) | Entry::Closure(..) | Entry::Label(..) => None,
        })
    }

    pub(super) fn function(&self, name: &str, arity: usize) -> Option<(Entry<'s, 'e>, &Scope<'s, 'e>)> {
        let mut scope = self;
        loop {
            let found = scope.entries.iter().rev().find(|entry| match entry {
                Entry::Function(definition) => {
                    definition.name == name && definition.parameters.len() == arity
                }
                Entry::Closure(known, ..) => *known == name && arity == 0,
                Entry::Variable(..) | Entry::Label(..) => false,
            });
            if let Some(found) = found {
                return Some((found.clone(), scope));
            }
            scope = scope.around?;
        }
    }
}
