//! The ports on AWS: DynamoDB, SQS, S3.
