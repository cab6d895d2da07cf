//! What the environment says beyond the addresses that `aws::Environment` reads.

use std::{sync::Arc, time::Duration};

use serde_json::{Map, Value as Json};
use service::settings;
use tasks::Outbound;

use crate::{Error, callers};

/// Bytes of a body, and of an answer. An event and an answer may have 6 MB, of which base64 takes a quarter.
const PAYLOAD_BYTES_MAX: u64 = 4_500_000;
/// Bytes of a file: what S3 takes in one `PUT`.
const FILE_BYTES_MAX: u64 = 5 << 30;
/// How long the lease of a function lasts. It is renewed after a third of that, so a function that dies costs its
/// execution 45 seconds at most.
const LEASE: Duration = Duration::from_secs(45);
/// How long an attempt may take unless `ROUNDTRIP_ATTEMPT_MAX_SECONDS` says otherwise: a worker has 900 seconds.
const ATTEMPT_MAX_SECONDS: u64 = 840;
const ATTEMPT_MAX: &str = "ROUNDTRIP_ATTEMPT_MAX_SECONDS";
/// What secrets are encrypted with.
const ENCRYPTION_KEY: &str = "ROUNDTRIP_ENCRYPTION_KEY";
const CONDUCTOR_NAMESPACE: &str = "ROUNDTRIP_CONDUCTOR_NAMESPACE";
const OUTBOUND: &str = "ROUNDTRIP_OUTBOUND";

/// Which function this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Api,
    Worker,
    Notifier,
    Scheduler,
}

impl Role {
    /// As metrics call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Notifier => "notifier",
            Self::Scheduler => "scheduler",
        }
    }
}

/// The variables of this process, read once.
#[derive(Debug, Clone)]
pub struct Variables {
    all: Vec<(String, String)>,
}

impl Variables {
    /// Of this process. A variable that is not UTF-8 counts as not set.
    pub fn of_process() -> Self {
        let all = std::env::vars_os();
        Self::new(all.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))))
    }

    pub fn new(all: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { all: all.into_iter().collect() }
    }

    /// The value of a variable, unless it is not set or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.all.iter().find(|(it, _)| it == name)?.1.as_str();
        (!value.is_empty()).then_some(value)
    }

    /// Whether a variable says `true`; not when it is not set.
    ///
    /// # Errors
    /// When it says anything else than `true` or `false`.
    pub fn flag(&self, name: &'static str) -> Result<bool, Error> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(value) => {
                Err(Error::Variable { name, value: value.to_owned(), expected: "`true` or `false`" })
            }
        }
    }

    /// How far tasks may reach: the internet alone, unless `ROUNDTRIP_OUTBOUND` says otherwise.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn outbound(&self) -> Result<Outbound, Error> {
        let Some(value) = self.get(OUTBOUND) else { return Ok(Outbound::default()) };
        value.parse().map_err(|_| Error::Variable {
            name: OUTBOUND,
            value: value.to_owned(),
            expected: "`public`, `private` or `any`",
        })
    }

    /// The settings of a deployment on AWS: other processes write the store, and this one stands still between its
    /// invocations.
    ///
    /// # Errors
    /// A variable that cannot be read.
    pub fn settings(&self) -> Result<service::Settings, Error> {
        let seconds = match self.get(ATTEMPT_MAX) {
            None => ATTEMPT_MAX_SECONDS,
            Some(value) => {
                value.parse().ok().filter(|seconds| *seconds > 0).ok_or_else(|| Error::Variable {
                    name: ATTEMPT_MAX,
                    value: value.to_owned(),
                    expected: "a whole number of seconds, at least 1",
                })?
            }
        };
        let key = self.get(ENCRYPTION_KEY).map(str::parse).transpose();
        let encryption_key = key.map_err(|problem| Error::EncryptionKey { name: ENCRYPTION_KEY, problem })?;
        Ok(service::Settings {
            url: self.get("ROUNDTRIP_URL").map(ToOwned::to_owned),
            lease: LEASE,
            attempt_max: Some(Duration::from_secs(seconds)),
            stands_still: true,
            body_bytes_max: Some(PAYLOAD_BYTES_MAX),
            answer_bytes_max: Some(PAYLOAD_BYTES_MAX),
            file_bytes_max: FILE_BYTES_MAX,
            plain_bytes_max: aws::store::CHEAP_BODY_BYTES,
            envs: self.envs(),
            encryption_key,
            access: callers::rules(self)?,
            secrets: Arc::new(service::Vault::of_variables(self.all.iter().cloned())),
            conductor_namespace: self
                .get(CONDUCTOR_NAMESPACE)
                .unwrap_or(settings::CONDUCTOR_NAMESPACE)
                .to_owned(),
            ..service::Settings::default()
        })
    }

    /// Kestra: variables that start with `KESTRA_` are `envs`, without the prefix and in lower case.
    pub fn envs(&self) -> Map<String, Json> {
        let named = self.all.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix("KESTRA_")?.to_lowercase(), Json::String(value.clone())))
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests;
