//! The ports on AWS: items in `DynamoDB`, queues in SQS, blobs in S3; secrets.
//!
//! [`Home`] opens all of them from the [`Environment`] of a function. Nothing here decides what is stored or sent.

pub mod blobs;
mod clients;
mod connections;
mod environment;
mod error;
mod home;
mod process;
pub mod queue;
pub mod replies;
pub mod secrets;
pub mod store;

pub use aws_config::SdkConfig;
pub use environment::Environment;
pub use error::Error;
pub use home::{Counts, Home};
