//! Files of a namespace.

/// A file of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOfNamespace {
    /// Of `/`-separated segments, without one at its start.
    pub path: String,
    /// What it is read by.
    pub uri: String,
    /// Bytes.
    pub size: u64,
}

/// What becomes of a file that stands already where one is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    Replaced,
    Kept,
}
