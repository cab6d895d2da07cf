//! Executions played step by step, without a world: what a person would read of them, and laws.

mod calls;
mod conditions;
mod control;
mod flowables;
mod laws;
mod output_values;
mod play;
mod transitions;
