//! Queues.

mod publish;

pub(crate) use self::publish::{PUBLISH, publish};
