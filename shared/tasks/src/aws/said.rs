//! What the SDK says went wrong, as the message of a task.

use std::error::Error;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};

/// What the service answered, or why it gave no answer: in one line. The SDK's own text hides both in sources.
#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
pub(super) fn said<E, R>(error: SdkError<E, R>) -> String
where
    E: Error + ProvideErrorMetadata + 'static,
    R: std::fmt::Debug + 'static,
{
    if let Some(code) = error.code() {
        return error.message().map_or_else(|| code.to_owned(), |message| format!("{code}: {message}"));
    }
    chain(&error)
}

/// An error with what is behind it. The SDK's own first words say nothing.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut parts = Vec::new();
    let mut next = error.source().or(Some(error));
    while let Some(error) = next {
        let part = error.to_string();
        if parts.last() != Some(&part) {
            parts.push(part);
        }
        next = error.source();
    }
    parts.join(": ")
}
