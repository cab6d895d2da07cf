//! Starting workflows the way Conductor's clients do: named without a namespace, under a key with a strategy, and waited
//! for until a task of theirs has ended.
//!
//! Nothing here is a second engine: a workflow is a flow, its execution is carried by the one carrier, and a wait reads
//! what was committed.

mod keyed;
mod named;
mod start;
mod until;
mod watch;

pub use keyed::{GENERATIONS_LOOKED_AT, OnConflict};
pub use start::{WorkflowOutcome, WorkflowStart};
pub use until::{Blocking, Seen, Until};
