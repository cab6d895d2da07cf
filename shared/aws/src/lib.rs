//! The ports on AWS: DynamoDB, SQS, S3.

pub mod store;
