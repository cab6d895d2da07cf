//! Files of a namespace: written once, read by every flow of it.
//!
//! A blob has one name for good, so a file is an item, which names the blob that holds its bytes. Each write makes a blob of
//! its own: it is written before the item that names it, and the one it replaces goes after that.
//!
//! # Invariants
//! * Who reads a file reads one write of it from its first byte to its last, whoever writes meanwhile.
//! * An item names a blob that is there. A process that dies between the two leaves a blob that nobody names.
//! * Directories are those that paths lead through; one that was asked for is an item as well, and stays when it is empty.

mod answers;
mod blobs;
mod item;
mod list;
mod open;
mod path;
mod remove;
mod rename;
mod write;

use engine::time::Timestamp;

pub(crate) use self::{
    blobs::FilesOfTasks,
    path::{FilePath, Place},
    rename::not_there,
};

/// Files and directories of one namespace that a question may find.
pub const LISTED_MAX: usize = 10_000;
/// How often something is tried again when others change the same file.
const TRIES_MAX: usize = 10;

/// A file of a namespace, or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAttributes {
    /// Without a slash at either end; empty for the root.
    pub path: String,
    pub is_directory: bool,
    /// Bytes; 0 for a directory.
    pub size: u64,
    pub created_at: Timestamp,
    pub modified_at: Timestamp,
}
