//! Executions played step by step, without a world: what a person would read of them, and laws.

mod calls;
mod conditions;
mod control;
mod cost;
mod edges;
mod flowables;
mod laws;
mod matrix;
mod metrics;
mod offers;
mod output_values;
mod play;
pub(super) mod tap;
mod templates;
mod transitions;
mod workflows;
