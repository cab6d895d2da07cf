//! Why a data directory cannot be opened.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the data directory {} is in use by another process", .0.display())]
    InUse(PathBuf),
    #[error("the data directory cannot be used: {}: {source}", .path.display())]
    Directory { path: PathBuf, source: io::Error },
    #[error("the database {} cannot be opened: {source}", .path.display())]
    Database { path: PathBuf, source: rusqlite::Error },
    #[error(
        "the database {} has the format {found} of a newer version of this program, which knows formats up to {known}",
        .path.display()
    )]
    Newer { path: PathBuf, found: i64, known: i64 },
}
