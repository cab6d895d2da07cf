//! The carrier on the real store: what it costs, who may write, and that nothing is lost on the way.

#[path = "carrier/world.rs"]
mod world;

#[path = "carrier/budgets.rs"]
mod budgets;
#[path = "carrier/faults.rs"]
mod faults;
#[path = "carrier/holders.rs"]
mod holders;
#[path = "carrier/waiting.rs"]
mod waiting;
