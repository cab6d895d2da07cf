//! Steps that come with an execution: the branches of a `FORK_JOIN_DYNAMIC`, and what a `DYNAMIC` task becomes.
//!
//! ```text
//! input of the fork ─ forks ─► {forkedTasks, forkedTaskDefs, forkedTaskInputs} = the input of its run, kept
//! flow + runs of the execution ─ Flow::grown ─► the flow with those branches in it, over which the machine plans
//! ```
//!
//! What a task becomes is a function of its definition and of the input of its run, which is resolved once, and stored
//! with the run like every other input. So there is nothing else to store, nothing to keep in step, and whoever takes
//! the execution up later sees the same flow: after a restart, on another holder, in a rerun that keeps the run. A run
//! that is gone takes its branches with it. In a loop each round has a run of the fork, and so branches of its own.
//!
//! # Invariants
//! * A list that cannot be run is refused before its input is kept: the task fails, and says what of it is wrong.
//! * A flow never has two tasks of one reference: a list that brings one that is there already is refused.
//! * An input of a branch is what it is: no expression in it is evaluated, as they were where it came from.

mod branches;
mod forms;
mod literal;
mod named;

pub(crate) use branches::{branches, check};
pub(crate) use forms::{FORK_TASK_INPUTS, forked};
pub(crate) use named::{named, unnamed};

/// Branches of one dynamic fork: they are read again whenever somebody takes the execution up.
pub(crate) const BRANCHES_MAX: usize = 1_000;

/// Where the run of a fork keeps the references of its branches. Conductor's names, as those of the tasks.
pub(crate) const FORKED_TASKS: &str = "forkedTasks";
pub(crate) const FORKED_TASK_DEFINITIONS: &str = "forkedTaskDefs";
/// The input of each branch, by its reference.
pub(crate) const FORKED_TASK_INPUTS: &str = "forkedTaskInputs";
