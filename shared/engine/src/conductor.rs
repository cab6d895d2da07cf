//! Workflows as Conductor writes them: a second way to write a flow, not a second engine.
//!
//! ```text
//! JSON ──► Definition (checked, all problems at once) ──► Flow in the dialect `Conductor` ──► the one machine
//! ```
//!
//! A [`Definition`] is the model of the document alone. What its tasks mean is said once, where they become tasks of a
//! flow; where the machine cannot say it, the machine grows.
//!
//! Seen from here, every task run is one task for each of its tries ([`tries()`]), of whatever flow.

mod definition;
mod document;
pub(crate) mod dynamic;
mod failure;
pub mod reading;
mod status;
mod task_definition;
mod task_id;
mod translate;
mod tries;

pub use definition::{
    Definition, DynamicFork, Evaluator, ForkedSame, JoinMode, RateLimit, Step, StepKind, SubWorkflow,
    TimeoutPolicy,
};
pub use document::filled as document;
pub use failure::{Told, failure_input};
pub use status::{TaskStatus, WorkflowStatus};
pub use task_definition::{RetryLogic, TaskDefinition, TaskTimeoutPolicy};
pub use task_id::{NotATaskId, TaskId};
pub(crate) use translate::{DYNAMIC, JOIN_ON};
pub use translate::{EVENT, HTTP, NotBuilt, translate};
pub use tries::{Try, reference, round, tries, tries_of};
