//! Tasks that use services of AWS: `io.kestra.plugin.aws`. The feature `aws` builds them.
//!
//! # Invariants
//! * No connection is opened but by the process's [`Http`](crate::http::Http), so none that its guard does not permit,
//!   whatever endpoint, region or name a flow gives.
//! * A task has the credentials that its flow names, or those of [`Access`]; never by itself those of the process,
//!   which reach what is ours.
//! * A file passes in parts, an answer in pages: no more is in memory than a named limit.

mod access;
mod connection;
pub(crate) mod dynamodb;
mod entries;
pub(crate) mod eventbridge;
mod guarded;
pub(crate) mod lambda;
pub(crate) mod s3;
mod said;
pub(crate) mod sns;
pub(crate) mod sqs;
mod task;

pub use access::{Access, Defaults, Own};
pub(crate) use task::{AwsTask, Run, Shared, Work};
