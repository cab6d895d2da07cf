//! Tasks of flows that use services of AWS, run by a service of one process.

mod dynamodb;
mod eventbridge;
mod guard;
mod lambda;
mod s3;
mod secrets;
mod site;
mod sns;
mod sqs;

use self::site::{Ended, Site};
