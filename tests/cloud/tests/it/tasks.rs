//! Tasks of flows that use services of AWS, run by a service of one process.

mod dynamodb;
mod guard;
mod s3;
mod secrets;
mod site;
mod sqs;

use self::site::{Ended, Site};
