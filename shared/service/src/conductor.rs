//! What Conductor's clients know that Kestra's do not: definitions by name and version; and starting workflows named
//! without a namespace, under a key with a strategy, and waited for until a task of theirs has ended.
//!
//! Nothing here is a second engine: a workflow is a flow, its execution is carried by the one carrier, and a wait reads
//! what was committed.

pub(crate) mod definitions;
mod failure;
pub(crate) mod inline;
mod keyed;
mod named;
mod start;
mod until;
mod watch;

pub use definitions::{LISTED_MAX as DEFINITIONS_LISTED_MAX, OnExisting, Registered, VERSIONS_MAX};
pub use keyed::{GENERATIONS_LOOKED_AT, OnConflict};
pub(crate) use keyed::{KeyOf, Place};
pub use start::{WorkflowOutcome, WorkflowStart};
pub(crate) use until::waits_for_somebody;
pub use until::{Blocking, Seen, Until};
