//! Why a function cannot begin its work.

use std::{io, path::PathBuf};

/// What is wrong, and what would be right.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Aws(#[from] aws::Error),
    #[error(transparent)]
    Embedded(#[from] embedded::Error),
    #[error("tasks cannot work in {}: {source}", .path.display())]
    Work { path: PathBuf, source: io::Error },
    #[error("{name} is `{value}`; it has to be {expected}")]
    Variable { name: &'static str, value: String, expected: &'static str },
    /// The value is not repeated: it may be a key with a typing error.
    #[error("{name}: {problem}")]
    EncryptionKey { name: &'static str, problem: service::settings::WrongKey },
    #[error(
        "neither ROUNDTRIP_TABLE nor ROUNDTRIP_DATA is set: the first names the DynamoDB table of a deployment, the \
         second a folder in which this one process keeps everything"
    )]
    Nowhere,
    #[error(
        "ROUNDTRIP_DATA is `{}`, but this function was built for AWS alone; build it with `--features folder`", .0.display()
    )]
    NoFolder(PathBuf),
    #[error("the store cannot be read: {0}")]
    Store(#[from] service::Error),
    /// The loop that asks for invocations has ended.
    #[error("the Lambda runtime has ended: {0}")]
    Runtime(lambda_runtime::Error),
}
