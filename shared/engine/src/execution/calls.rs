//! The executions that a task run started, and how they ended: bounded in size however many they are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::State;
use crate::id::{ExecutionId, TaskRunId};

/// Whose child an execution is, and which one: who wants to hear of its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caller {
    #[serde(rename = "e")]
    pub execution: ExecutionId,
    #[serde(rename = "r")]
    pub task_run: TaskRunId,
    /// The attempt, 1 for the first.
    #[serde(rename = "n")]
    pub number: u32,
    /// 0 for its first child.
    #[serde(rename = "i")]
    pub index: u32,
}

/// The children of one attempt of an executable task. Whoever starts them derives their ids from the attempt
/// and the index, so that starting them again finds those that are there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Calls {
    /// How many there are to be.
    pub total: u32,
    /// How many were started; those after them may have been.
    pub begun: u32,
    /// The only one, where its id comes from a key of its own, or belongs to one that was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child: Option<ExecutionId>,
    /// One bit for each that has ended, lowest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ended: Vec<u8>,
    /// How many ended in each state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<State, u32>,
}

impl Calls {
    pub fn new(total: u32) -> Self {
        Self { total, ..Self::default() }
    }

    pub fn has_ended(&self, index: u32) -> bool {
        let (byte, bit) = (index / 8, index % 8);
        usize::try_from(byte).ok().and_then(|it| self.ended.get(it)).is_some_and(|it| it >> bit & 1 == 1)
    }

    /// Counts an end. `false` when it was counted before.
    pub fn end(&mut self, index: u32, state: State) -> bool {
        if index >= self.total || self.has_ended(index) {
            return false;
        }
        let Ok(byte) = usize::try_from(index / 8) else { return false };
        if self.ended.len() <= byte {
            self.ended.resize(byte + 1, 0);
        }
        self.ended[byte] |= 1 << (index % 8);
        *self.states.entry(state).or_default() += 1;
        true
    }

    pub fn ended_count(&self) -> u32 {
        self.states.values().sum()
    }

    pub fn all_ended(&self) -> bool {
        self.ended_count() == self.total
    }

    /// Those that were started and have not ended.
    pub fn open(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.begun).filter(|index| !self.has_ended(*index))
    }
}
