//! Executions played step by step, without a world: what a person would read of them, and laws.

mod flowables;
mod laws;
mod output_values;
mod play;
pub(super) mod tap;
mod transitions;
