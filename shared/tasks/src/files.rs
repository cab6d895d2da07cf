//! Files in and out of a working directory.

mod cache;
mod glob;
mod inputs;
mod namespace;
mod outputs;
mod references;

pub(crate) use self::{
    cache::{Marks, restore, store},
    glob::Globs,
    inputs::{Fetch, within, write_input},
    namespace::{NamespaceFiles, Wanted},
    outputs::{collect, find, open, read},
    references::localize,
};

/// Our own corner of a working directory; never an output.
pub(crate) const RESERVED: &str = ".roundtrip";

/// Files that go into, or come out of, one working directory.
pub(crate) const FILES_MAX: usize = 1_000;

/// Bytes of all files that go into, or come out of, one working directory.
pub(crate) const FILES_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
