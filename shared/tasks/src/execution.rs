//! Tasks about executions.

mod count;
mod purge;
mod resume;
mod target;

pub(crate) use self::{
    count::{COUNT, Count},
    purge::{PURGE, PurgeExecutions},
    resume::{RESUME, Resume},
    target::target,
};
