//! Why the cloud's things cannot be had, and what the SDK says about it.

use std::error::Error as _;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Everything that is missing or wrong in the environment.
    #[error("the environment is not right: {}", .0.join("; "))]
    Environment(Vec<String>),
    /// The SDK does not know where the services are.
    #[error("no region is known: set AWS_REGION")]
    NoRegion,
    #[error("nobody is trusted, so no connection can be opened: {0}")]
    NobodyTrusted(String),
    /// A message that nobody of ours has sent.
    #[error("`{body}` is no message of the work queue: {reason}")]
    Message { body: String, reason: String },
}

impl Error {
    pub(crate) fn nobody_trusted(error: &std::io::Error) -> Self {
        Self::NobodyTrusted(error.to_string())
    }
}

/// One line for the log: what the service answered, or why it gave no answer. The SDK's own text begins with
/// `service error` and hides the rest in sources.
pub(crate) fn reason<E: std::error::Error + ProvideErrorMetadata + 'static, R: std::fmt::Debug>(
    error: &SdkError<E, R>,
) -> String {
    if let Some(code) = error.code() {
        return error.message().map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"));
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
