//! Secrets of Secrets Manager, or of the parameter store of Systems Manager: those whose name has a prefix.
//!
//! Read when they are first asked for, and remembered for a while. Whoever may write flows may read what has the prefix,
//! and nothing else.

mod kept;
mod source;

use std::{sync::Mutex, time::Instant};

use aws_config::SdkConfig;
use ports::{
    Answer,
    secrets::{self, Error},
};

use self::kept::Kept;
pub(crate) use self::source::RIGHT;
pub use self::source::Source;
use crate::{clients, error::reason};

/// Bytes of what follows the prefix in a name.
const KEY_BYTES_MAX: usize = 256;

/// See the module.
#[derive(Debug)]
pub struct Secrets {
    prefix: String,
    client: Client,
    kept: Mutex<Kept>,
}

#[derive(Debug)]
enum Client {
    Manager(aws_sdk_secretsmanager::Client),
    Parameters(aws_sdk_ssm::Client),
}

impl Secrets {
    /// Asks nothing yet.
    pub fn new(source: &Source, config: &SdkConfig) -> Self {
        let (prefix, client) = match source {
            Source::SecretsManager { prefix } => (prefix, Client::Manager(clients::secrets_manager(config))),
            Source::Ssm { prefix } => (prefix, Client::Parameters(clients::ssm(config))),
        };
        Self { prefix: prefix.clone(), client, kept: Mutex::default() }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn read(&self, key: &str) -> Result<String, Error> {
        // Else a key could name a version, or a secret by its ARN.
        let is_sound = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_.-".contains(&byte));
        if key.is_empty() || key.len() > KEY_BYTES_MAX || !is_sound {
            return Err(Error::NotFound);
        }
        if let Some(answer) = self.kept().get(key, Instant::now()) {
            return answer;
        }
        let answer = match &self.client {
            Client::Manager(client) => manager(client, &self.prefix, key).await,
            Client::Parameters(client) => parameter(client, &self.prefix, key).await,
        };
        // What is not available now may be in a moment.
        if !matches!(answer, Err(Error::Unavailable(_))) {
            self.kept().put(key, answer.clone(), Instant::now());
        }
        answer
    }
}

impl secrets::Secrets for Secrets {
    fn secret<'a>(&'a self, key: &'a str) -> Answer<'a, Result<String, Error>> {
        Box::pin(self.read(key))
    }
}

async fn manager(client: &aws_sdk_secretsmanager::Client, prefix: &str, key: &str) -> Result<String, Error> {
    let got = client.get_secret_value().secret_id(format!("{prefix}{key}")).send().await;
    let got = got.map_err(|error| match error.as_service_error() {
        Some(service) if service.is_resource_not_found_exception() => Error::NotFound,
        Some(service) if is_ours(service.meta().code()) => Error::Unreadable(reason(&error)),
        Some(_) | None => Error::Unavailable(reason(&error)),
    })?;
    let binary = || Error::Unreadable(format!("{prefix}{key} is binary, and no text"));
    got.secret_string.ok_or_else(binary)
}

async fn parameter(client: &aws_sdk_ssm::Client, prefix: &str, key: &str) -> Result<String, Error> {
    let got = client.get_parameter().name(format!("{prefix}{key}")).with_decryption(true).send().await;
    let got = got.map_err(|error| match error.as_service_error() {
        Some(service) if service.is_parameter_not_found() => Error::NotFound,
        Some(service) if is_ours(service.meta().code()) => Error::Unreadable(reason(&error)),
        Some(_) | None => Error::Unavailable(reason(&error)),
    })?;
    got.parameter.and_then(|it| it.value).ok_or(Error::NotFound)
}

/// Whether it is so until somebody changes something: what the role may do, the key that encrypts, the name.
fn is_ours(code: Option<&str>) -> bool {
    const OURS: [&str; 8] = [
        "AccessDenied",
        "AccessDeniedException",
        "DecryptionFailure",
        "InvalidKeyId",
        "InvalidParameterException",
        "InvalidRequestException",
        "UnrecognizedClientException",
        "ValidationException",
    ];
    code.is_some_and(|code| OURS.contains(&code))
}
