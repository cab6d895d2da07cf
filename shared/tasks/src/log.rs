//! Tasks about log lines.

mod fetch;
mod purge;

pub(crate) use self::{
    fetch::{FETCH, Fetch},
    purge::{PURGE, PurgeLogs},
};
