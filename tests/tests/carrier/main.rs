//! The carrier on the real store: what it costs, who may write, and that nothing is lost on the way.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod asked;
mod backfills;
mod budgets;
mod calls;
mod climates;
mod control;
mod dates;
mod deadly;
mod dynamic;
mod failures;
mod faults;
mod groups;
mod hand_over;
mod holders;
mod inline;
mod keyed;
mod keyed_places;
mod letting_go;
mod limits;
mod namespace_files;
mod places;
mod schedules;
mod signals;
mod simulation;
mod sweeps;
mod templates;
mod trigger_actions;
mod triggers;
mod waiting;
mod weakened;
mod wide;
mod workers;
mod world;
mod year;
