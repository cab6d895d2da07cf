//! What became of a request that did not succeed, decided in this one place.

use std::time::Duration;

use aws_sdk_dynamodb::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
};
use ports::store::{Error, Key};

/// When to ask again once the table is busy. On demand it doubles what it takes within minutes; a burst is over sooner.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// Why a request failed, and what is known of its effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The condition of this write of the request did not hold. It had no effect.
    Conflict(usize),
    /// Turned away: too much at once, or another transaction has the item. It had no effect, and may be tried again.
    Busy(String),
    /// It may or may not have had its effect.
    Unknown(String),
    /// The service takes no item or request of this size. It had no effect.
    TooLarge(String),
    /// It will not succeed before somebody changes something: a right, the table, this code. It had no effect.
    Fatal { code: String, message: String },
}

/// What the service or the way to it said.
#[derive(Debug, Default)]
struct Said<'a> {
    /// The service's name of the error; `None` when no answer came.
    code: Option<&'a str>,
    message: &'a str,
    status: u16,
    /// Of a transaction, in the order of its writes.
    reasons: Vec<(&'a str, &'a str)>,
}

impl Failure {
    /// Of any request but a transaction.
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match error {
            SdkError::ServiceError(answer) => Self::said(&Said {
                code: answer.err().code(),
                message: answer.err().message().unwrap_or_default(),
                status: answer.raw().status().as_u16(),
                reasons: Vec::new(),
            }),
            // Nothing has left this process.
            SdkError::ConstructionFailure(_) => Self::Fatal {
                code: "a request that cannot be made".to_owned(),
                message: DisplayErrorContext(error).to_string(),
            },
            // No answer, or one that cannot be read. `SdkError` may grow.
            _ => Self::Unknown(DisplayErrorContext(error).to_string()),
        }
    }

    /// Of a transaction, whose error has a reason for each of its writes.
    pub(super) fn of_transaction(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> Self {
        let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = error.as_service_error()
        else {
            return Self::of(error);
        };
        let reasons = cancelled.cancellation_reasons().iter();
        Self::said(&Said {
            code: Some("TransactionCanceledException"),
            message: cancelled.message().unwrap_or_default(),
            status: 400,
            reasons: reasons
                .map(|reason| (reason.code().unwrap_or("None"), reason.message().unwrap_or_default()))
                .collect(),
        })
    }

    fn said(said: &Said<'_>) -> Self {
        // What failed a transaction is told in its reasons: first what is certain, then what will pass.
        if let Some(index) = said.reasons.iter().position(|(code, _)| *code == "ConditionalCheckFailed") {
            return Self::Conflict(index);
        }
        if let Some((code, message)) = said.reasons.iter().find(|(code, _)| *code != "None") {
            return Self::named(code, message, said.status);
        }
        match said.code {
            Some(code) => Self::named(code, said.message, said.status),
            None if said.status >= 500 => Self::Unknown(format!("HTTP {}: {}", said.status, said.message)),
            None => Self::Fatal { code: format!("HTTP {}", said.status), message: said.message.to_owned() },
        }
    }

    fn named(code: &str, message: &str, status: u16) -> Self {
        let text = format!("{code}: {message}");
        match code {
            "ConditionalCheckFailedException" => Self::Conflict(0),
            "ProvisionedThroughputExceededException"
            | "ProvisionedThroughputExceeded"
            | "ThrottlingException"
            | "Throttling"
            | "ThrottlingError"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "TransactionConflictException"
            | "TransactionConflict"
            | "ReplicatedWriteConflictException" => Self::Busy(text),
            // The first try of the same transaction is still under way.
            "TransactionInProgressException" => Self::Unknown(text),
            "ValidationException" | "ValidationError" if speaks_of_size(message) => Self::TooLarge(text),
            "RequestEntityTooLarge" | "ItemCollectionSizeLimitExceeded" => Self::TooLarge(text),
            _ if status >= 500 => Self::Unknown(text),
            _ => Self::Fatal { code: code.to_owned(), message: message.to_owned() },
        }
    }

    /// As the port has it, when the request was made of these writes.
    pub(super) fn of_writes<'a>(self, key: impl FnOnce(usize) -> Option<&'a Key>) -> Error {
        match self {
            Self::Conflict(index) => match key(index) {
                Some(key) => Error::Conflict(key.clone()),
                None => unavailable("a condition failed of a write that was not sent".to_owned(), None),
            },
            Self::Busy(message) => unavailable(message, Some(RETRY_AFTER)),
            Self::Unknown(message) => unavailable(message, None),
            Self::Fatal { code, message } => {
                // It names roles and tables, which are nothing for callers.
                tracing::error!(code, message, "the table refuses a request");
                Error::Refused(code)
            }
            Self::TooLarge(message) => Error::TooLarge(message),
        }
    }

    /// As the port has it, when nothing was to be written.
    pub(super) fn of_read(self) -> Error {
        self.of_writes(|_| None)
    }
}

/// The service says it of an item, of what an update makes of one, and of all items of a transaction.
fn speaks_of_size(message: &str) -> bool {
    ["Item size", "maximum allowed size", "size limit", "exceeded the maximum"]
        .iter()
        .any(|words| message.contains(words))
}

fn unavailable(message: String, retry_after: Option<Duration>) -> Error {
    Error::Unavailable { message, retry_after }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, message: &str, status: u16) -> Failure {
        Failure::said(&Said { code: Some(code), message, status, reasons: Vec::new() })
    }

    fn cancelled(reasons: &[&'static str]) -> Failure {
        Failure::said(&Said {
            code: Some("TransactionCanceledException"),
            message: "Transaction cancelled",
            status: 400,
            reasons: reasons.iter().map(|code| (*code, "why")).collect(),
        })
    }

    fn fatal(code: &str, message: &str) -> Failure {
        Failure::Fatal { code: code.to_owned(), message: message.to_owned() }
    }

    #[test]
    fn each_answer_is_of_one_kind() {
        type Kind = fn(String) -> Failure;
        use Failure::{Busy, Conflict, TooLarge, Unknown};
        let kinds: [(&str, &str, u16, Kind); 7] = [
            ("ProvisionedThroughputExceededException", "slow down", 400, Busy),
            ("ThrottlingException", "slow down", 400, Busy),
            ("RequestLimitExceeded", "slow down", 400, Busy),
            ("TransactionConflictException", "ongoing", 400, Busy),
            ("InternalServerError", "oh", 500, Unknown),
            ("ServiceUnavailable", "oh", 503, Unknown),
            ("ValidationException", "Item size has exceeded the maximum allowed size", 400, TooLarge),
        ];
        for (code, message, status, kind) in kinds {
            assert_eq!(said(code, message, status), kind(format!("{code}: {message}")));
        }
        assert_eq!(said("ConditionalCheckFailedException", "", 400), Conflict(0));
        let nameless = |status| Failure::said(&Said { message: "?", status, ..Said::default() });
        assert_eq!(nameless(502), Unknown("HTTP 502: ?".to_owned()));
        assert_eq!(nameless(403), fatal("HTTP 403", "?"));
        let invalid = ("ValidationException", "Invalid KeyConditionExpression");
        for (code, message) in [invalid, ("AccessDeniedException", "not authorized")] {
            assert_eq!(said(code, message, 400), fatal(code, message));
        }
    }

    #[test]
    fn a_cancelled_transaction_tells_which_condition_failed() {
        assert_eq!(cancelled(&["None", "ConditionalCheckFailed"]), Failure::Conflict(1));
        let busy = |code: &str| Failure::Busy(format!("{code}: why"));
        assert_eq!(cancelled(&["TransactionConflict", "None"]), busy("TransactionConflict"));
        assert_eq!(cancelled(&["None", "ThrottlingError"]), busy("ThrottlingError"));
        assert_eq!(cancelled(&["ProvisionedThroughputExceeded"]), busy("ProvisionedThroughputExceeded"));
        assert_eq!(
            cancelled(&["TransactionConflict", "None", "ConditionalCheckFailed"]),
            Failure::Conflict(2),
            "what is certain comes first"
        );
        assert_eq!(cancelled(&["None", "AccessDenied"]), fatal("AccessDenied", "why"));
    }

    #[test]
    fn only_a_busy_table_says_when_to_ask_again() {
        let key = Key { partition: "p".to_owned(), sort: "s".to_owned() };
        let error = |failure: Failure| failure.of_writes(|index| [&key].get(index).copied());
        let is = |message: &str, retry_after| unavailable(message.to_owned(), retry_after);
        assert_eq!(error(Failure::Conflict(0)), Error::Conflict(key.clone()));
        assert_eq!(error(Failure::Busy("b".to_owned())), is("b", Some(RETRY_AFTER)));
        assert_eq!(error(Failure::Unknown("u".to_owned())), is("u", None));
        assert_eq!(error(fatal("f", "why")), Error::Refused("f".to_owned()));
        assert_eq!(error(Failure::TooLarge("t".to_owned())), Error::TooLarge("t".to_owned()));
    }
}
