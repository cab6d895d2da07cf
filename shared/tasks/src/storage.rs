//! Tasks about files. Whatever the size of a file, it passes through in constant memory.

mod concat;
mod deduplicate;
mod delete;
mod file;
mod filter;
mod items;
mod local;
mod purge;
mod reverse;
mod size;
mod split;
mod write;

pub(crate) use self::{
    concat::{CONCAT, Concat},
    deduplicate::{DEDUPLICATE_ITEMS, DeduplicateItems},
    delete::{DELETE, Delete},
    file::Source,
    filter::{FILTER_ITEMS, FilterItems},
    local::{LOCAL_FILES, LocalFiles},
    purge::{PURGE, PurgeCurrentExecutionFiles},
    reverse::{REVERSE, Reverse},
    size::{SIZE, Size},
    split::{SPLIT, Split},
    write::{WRITE, Write},
};
#[cfg(feature = "aws")]
pub(crate) use self::{
    file::Target,
    items::{Items, fields},
};
