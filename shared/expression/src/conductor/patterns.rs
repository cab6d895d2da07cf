//! The patterns of `=~`, each compiled once for all that it is held against.

use std::collections::HashMap;

use regex::Regex;

use super::path::Pattern;
use crate::{
    eval::{Budget, Halt},
    filters::pattern::compile,
};

/// Patterns that are kept: each may take a megabyte.
const PATTERNS_MAX: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<Pattern, Option<Regex>>);

impl Patterns {
    /// The compiled pattern, which matches whole texts; nothing when it is none of linear time.
    pub(super) fn compiled(&mut self, pattern: &Pattern, budget: &mut Budget) -> Result<Option<Regex>, Halt> {
        if let Some(known) = self.0.get(pattern) {
            return Ok(known.clone());
        }
        let flags =
            if pattern.flags.is_empty() { String::new() } else { format!("(?{})", flags(&pattern.flags)) };
        let compiled = compile(&format!(r"\A(?:{flags}(?:{}))\z", pattern.source), budget)?.ok();
        if self.0.len() >= PATTERNS_MAX {
            self.0.clear();
        }
        self.0.insert(pattern.clone(), compiled.clone());
        Ok(compiled)
    }
}

/// Each flag once: twice is an error in the pattern.
fn flags(given: &str) -> String {
    ['i', 'm', 's'].into_iter().filter(|&flag| given.contains(flag)).collect()
}
