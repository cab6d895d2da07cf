//! How much work is left: counted in steps, not in time, so that every run of a script ends at the same one.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::Limits;

/// How many steps the engine takes (rounds of loops, calls; of regular expressions) before it asks whether to go on.
const STEPS_PER_QUESTION: u64 = 10_000;

/// What is left of a script's fuel; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Fuel {
    left: Rc<Cell<u64>>,
    stop: Option<Arc<AtomicBool>>,
}

impl Fuel {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { left: Rc::new(Cell::new(limits.fuel)), stop: limits.stop.clone() }
    }

    /// The engine's question. Once the answer is yes, it stays.
    pub(crate) fn is_to_end(&self) -> bool {
        if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            self.left.set(0);
        }
        if self.left.get() == 0 {
            return true;
        }
        self.charge(STEPS_PER_QUESTION);
        false
    }

    /// Takes `steps` for work that the engine is about to do without asking; whether it may.
    pub(crate) fn charge(&self, steps: u64) -> bool {
        self.left.set(self.left.get().saturating_sub(steps));
        !self.is_spent()
    }

    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}
