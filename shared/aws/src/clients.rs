//! The SDK's clients with our own patience.
//!
//! The SDK's own settings wait for an answer without end. Here a call is made within a request somebody waits for, and
//! often right after the environment was frozen for minutes, when connections of the pool are dead without knowing it:
//! an attempt that hangs has to end early, so that the next one, on a new connection, still comes in time.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};

/// One try of a small call. The 99.9th percentile is below 100 ms; this is a dead connection, or an outage.
const ATTEMPT_MAX: Duration = Duration::from_secs(3);
/// A small call with all its tries and the pauses between them: well within the 29 s an API gateway gives a request.
const CALL_MAX: Duration = Duration::from_secs(8);
/// One try to send a part of a blob: 8 MiB at 300 KiB/s.
const BLOB_ATTEMPT_MAX: Duration = Duration::from_secs(30);
/// A part of a blob with all its tries.
const BLOB_CALL_MAX: Duration = Duration::from_secs(75);
/// Beyond the time a receive waits for messages.
const RECEIVE_GRACE: Duration = Duration::from_secs(4);

/// The first try included.
const ATTEMPTS: u32 = 4;
/// Doubled with each try, and spread at random below that.
const BACKOFF_FIRST: Duration = Duration::from_millis(50);
const BACKOFF_MAX: Duration = Duration::from_secs(1);

fn patience(attempt: Duration, call: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().operation_attempt_timeout(attempt).operation_timeout(call).build()
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(BACKOFF_FIRST)
        .with_max_backoff(BACKOFF_MAX)
}

pub(crate) fn dynamodb(config: &SdkConfig) -> aws_sdk_dynamodb::Client {
    let config = aws_sdk_dynamodb::config::Builder::from(config);
    let config = config.timeout_config(patience(ATTEMPT_MAX, CALL_MAX)).retry_config(retries());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

pub(crate) fn sqs(config: &SdkConfig) -> aws_sdk_sqs::Client {
    let config = aws_sdk_sqs::config::Builder::from(config);
    let config = config.timeout_config(patience(ATTEMPT_MAX, CALL_MAX)).retry_config(retries());
    aws_sdk_sqs::Client::from_conf(config.build())
}

pub(crate) fn secrets_manager(config: &SdkConfig) -> aws_sdk_secretsmanager::Client {
    let config = aws_sdk_secretsmanager::config::Builder::from(config);
    let config = config.timeout_config(patience(ATTEMPT_MAX, CALL_MAX)).retry_config(retries());
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

pub(crate) fn ssm(config: &SdkConfig) -> aws_sdk_ssm::Client {
    let config = aws_sdk_ssm::config::Builder::from(config);
    let config = config.timeout_config(patience(ATTEMPT_MAX, CALL_MAX)).retry_config(retries());
    aws_sdk_ssm::Client::from_conf(config.build())
}

/// For a receive that waits so long for messages. It is not tried again: the caller asks again anyhow.
pub(crate) fn waiting(wait: Duration) -> aws_sdk_sqs::config::Builder {
    let limit = wait + RECEIVE_GRACE;
    let config = aws_sdk_sqs::config::Builder::default().timeout_config(patience(limit, limit));
    config.retry_config(RetryConfig::disabled())
}

/// Without the checksums the SDK adds where none is required. Every body we send is whole in memory, and its SHA-256
/// is part of the signature, which S3 verifies; a CRC beside it says nothing new, and in a presigned URL it would be
/// that of an empty body.
pub(crate) fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config)
        .timeout_config(patience(BLOB_ATTEMPT_MAX, BLOB_CALL_MAX))
        .retry_config(retries())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    aws_sdk_s3::Client::from_conf(config.build())
}
