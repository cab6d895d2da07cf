//! What a flow means and how an execution of it moves, without touching the world.
//!
//! # Invariants
//! * Never reads a clock, the environment, a file or a socket; never spawns. The present and new ids are arguments.
//! * [`machine::apply()`] is the only way the state of an execution changes.
//! * What is owed to the world and when to look again are functions of the state alone.

pub mod conductor;
pub mod cron;
pub mod duration;
pub mod execution;
pub mod flow;
pub mod graph;
pub mod holidays;
pub mod id;
pub mod input;
pub mod machine;
pub mod problem;
pub mod secrets;
pub mod time;
pub mod yaml;
