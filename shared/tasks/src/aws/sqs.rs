//! Queues.

mod event;
mod publish;

pub(crate) use self::{
    event::{TASK as EVENT, event},
    publish::{PUBLISH, publish},
};
