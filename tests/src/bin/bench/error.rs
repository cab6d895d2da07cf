//! Why a measurement cannot be taken or believed.

use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("cannot {what}")]
    Io { what: String, source: io::Error },
    #[error("there is no server at {}: build it with `cargo build --release`, or name one with --server", .0.display())]
    NoServer(PathBuf),
    #[error("{program} did not come up: {why}")]
    NotUp { program: String, why: String },
    #[error("an answer is not HTTP as expected here: {0}")]
    NotHttp(&'static str),
    #[error("{what} was answered with {status}, which cannot count: {body}")]
    WrongAnswer { what: String, status: u16, body: String },
    #[error("nobody tells {0}")]
    Untold(&'static str),
    #[error("nothing was answered while {0} was measured")]
    Silence(String),
}

/// Turns an I/O error into ours, with what was tried.
pub(crate) fn cannot(what: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
    |source| Error::Io { what: what.into(), source }
}
