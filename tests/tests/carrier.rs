//! The carrier on the real store: what it costs, who may write, and that nothing is lost on the way.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "carrier/post.rs"]
mod post;
#[path = "carrier/world.rs"]
mod world;

#[path = "carrier/budgets.rs"]
mod budgets;
#[path = "carrier/faults.rs"]
mod faults;
#[path = "carrier/hand_over.rs"]
mod hand_over;
#[path = "carrier/holders.rs"]
mod holders;
#[path = "carrier/waiting.rs"]
mod waiting;
