//! Executions played step by step, without a world: what a person would read of them, and laws.

mod calls;
mod laws;
mod play;
mod transitions;
