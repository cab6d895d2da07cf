//! What Conductor's clients ask for that flows and executions of Kestra's do not have.

pub(crate) mod definitions;

pub use definitions::{OnExisting, Registered, VERSIONS_MAX};
