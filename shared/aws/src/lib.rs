//! The ports on AWS: DynamoDB, SQS, S3. (Stand-in.)
use std::{collections::HashMap, sync::Arc};
#[derive(Debug, thiserror::Error)]
#[error("stand-in")]
pub struct Error;
#[derive(Debug, Clone)]
pub struct Environment { pub table: String, pub stage: String, pub url: Option<String>, pub log: String }
impl Environment {
    pub fn from_variables(_: impl Fn(&str) -> Option<String>) -> Result<Self, Error> { let _ = HashMap::<u8, u8>::new(); Err(Error) }
}
#[derive(Debug, Clone)]
pub struct Home { pub store: Arc<dyn ports::store::Store>, pub blobs: Arc<dyn ports::blobs::Blobs>, pub queue: Arc<dyn ports::queue::Queue>, pub replies: Arc<dyn ports::replies::Replies> }
impl Home {
    pub async fn open(_: &Environment) -> Result<Self, Error> { Err(Error) }
    pub async fn warm(&self) -> Result<(), Error> { Err(Error) }
}
