//! What an evaluation may still spend, and what it asks of the outside.

use std::{borrow::Cow, collections::HashSet};

use super::Halt;
use crate::{Limits, List, Map, Need, Value};

/// Bytes of text that one step pays for.
const BYTES_PER_STEP: usize = 64;

/// Items that one step pays for when they are looked at and not made.
const ITEMS_PER_STEP: usize = 16;

/// Fuel, depth and needs of one rendering, templates inside templates included.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    fuel: u64,
    depth: u32,
    limits: Limits,
    /// Every value asked of the outside so far, answered or not.
    asked: HashSet<Need>,
    /// Those without an answer, in the order in which they were met.
    pub(crate) open: Vec<Need>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { fuel: limits.fuel, depth: 0, limits: *limits, asked: HashSet::new(), open: Vec::new() }
    }

    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), Halt> {
        match self.fuel.checked_sub(steps) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => Err(Halt::failed(format!("Took more than {} steps", self.limits.fuel))),
        }
    }

    /// One step for each item that is made.
    pub(crate) fn spend_items(&mut self, items: usize) -> Result<(), Halt> {
        self.spend(items as u64)
    }

    /// One step for each 64 bytes.
    pub(crate) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Halt> {
        self.spend((bytes / BYTES_PER_STEP) as u64)
    }

    /// Pays for reading JSON: a step for each value that it may hold, which its punctuation tells beforehand. Reading
    /// `[1,1,1…` takes many times the memory of the text.
    pub(crate) fn spend_json(&mut self, text: &str) -> Result<(), Halt> {
        self.spend_bytes(text.len())?;
        self.spend_items(text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count())
    }

    /// Pays for a value that is copied out of another: what is shared costs nothing.
    pub(crate) fn spend_copy(&mut self, value: &Value<'_>) -> Result<(), Halt> {
        match value {
            Value::String(Cow::Owned(text)) => self.spend_bytes(text.len()),
            _ => Ok(()),
        }
    }

    /// Pays for a walk over items that makes none.
    pub(crate) fn spend_walk(&mut self, items: usize) -> Result<(), Halt> {
        self.spend((items / ITEMS_PER_STEP) as u64)
    }

    /// Pays for finding a key. Only maps that the expression made are searched one entry after the other.
    pub(crate) fn spend_search(&mut self, map: &Map<'_>) -> Result<(), Halt> {
        match map {
            Map::Owned(entries) => self.spend_walk(entries.len()),
            Map::Borrowed(_) | Map::Lookup(..) => Ok(()),
        }
    }

    /// Pays for a look at a value, not counting what is inside its items.
    pub(super) fn spend_size(&mut self, value: &Value<'_>) -> Result<(), Halt> {
        match value {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Integer(_) | Value::Double(_) => Ok(()),
            Value::String(text) => self.spend_bytes(text.len()),
            Value::List(list) => self.spend_walk(list.len()),
            Value::Map(map) => self.spend_walk(map.len()),
        }
    }

    /// One level deeper. [`Budget::leave`] goes back.
    pub(crate) fn enter(&mut self) -> Result<(), Halt> {
        if self.depth >= self.limits.depth {
            return Err(Halt::failed(format!("Nested deeper than {} levels", self.limits.depth)));
        }
        self.spend(1)?;
        self.depth += 1;
        Ok(())
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts a value asked of the outside.
    pub(crate) fn ask(&mut self, need: &Need, answered: bool) -> Result<(), Halt> {
        if self.asked.contains(need) {
            return Ok(());
        }
        if self.asked.len() >= self.limits.needs {
            return Err(Halt::failed(format!(
                "Asked for more than {} values from outside",
                self.limits.needs
            )));
        }
        self.asked.insert(need.clone());
        if !answered {
            self.open.push(need.clone());
        }
        Ok(())
    }

    /// Pays for a list that is copied, item by item. Sharing makes that cheap, and templates that gather
    /// a list in a loop copy it in every round.
    pub(super) fn spend_list_copy(&mut self, items: usize) -> Result<(), Halt> {
        self.spend((items / 4) as u64)
    }

    /// Refuses a value that is too deep to be walked safely, and pays for finding out: every item that the
    /// expression made counts, as often as it is reachable, so that shared parts cannot grow without end.
    pub(crate) fn check_nesting(&mut self, value: &Value<'_>) -> Result<(), Halt> {
        self.nesting(value, self.limits.depth)
    }

    fn nesting(&mut self, value: &Value<'_>, levels: u32) -> Result<(), Halt> {
        self.spend(1)?;
        let Some(levels) = levels.checked_sub(1) else {
            return Err(Halt::failed(format!("Value nested deeper than {} levels", self.limits.depth)));
        };
        match value {
            Value::List(List::Owned(items)) => items.iter().try_for_each(|item| self.nesting(item, levels)),
            Value::Map(Map::Owned(entries)) => {
                entries.iter().try_for_each(|(_, value)| self.nesting(value, levels))
            }
            _ => Ok(()),
        }
    }
}
