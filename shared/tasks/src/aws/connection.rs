//! What every task says of whom it calls, and as whom.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::time::SystemTimeSource;
use engine::flow::{PropertyType, Shape};
use url::Url;

use super::{Shared, guarded::Guarded};
use crate::properties::{Properties, joined, property};

/// To a TLS connection: other regions are a quarter of a second away.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The first try included.
const ATTEMPTS: u32 = 4;
/// Doubled with each try, and spread at random below that.
const BACKOFF_FIRST: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(2);
/// How long an assumed role lasts, unless a flow says otherwise, and what STS takes.
const ROLE_SESSION: Duration = Duration::from_mins(15);
const ROLE_SESSION_MAX: Duration = Duration::from_hours(12);
/// What such a session is called, unless a flow says otherwise, before the id of the execution.
const ROLE_SESSION_PREFIX: &str = "roundtrip-";

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// One try.
    pub(super) attempt: Duration,
    /// All tries, with the pauses between them.
    pub(super) call: Duration,
    pub(super) attempts: u32,
}

impl Patience {
    /// Of a small call.
    pub(super) const SMALL: Self =
        Self { attempt: Duration::from_secs(10), call: Duration::from_secs(45), attempts: ATTEMPTS };
    /// Of a part of a file: 8 MiB at 140 KiB/s.
    pub(super) const PART: Self =
        Self { attempt: Duration::from_mins(1), call: Duration::from_mins(3), attempts: ATTEMPTS };
}

pub(super) const PROPERTIES: [PropertyType; 12] = [
    property("region", Shape::String),
    property("endpointOverride", Shape::String),
    property("accessKeyId", Shape::String),
    property("secretKeyId", Shape::String),
    property("sessionToken", Shape::String),
    property("stsRoleArn", Shape::String),
    property("stsRoleExternalId", Shape::String),
    property("stsRoleSessionName", Shape::String),
    property("stsRoleSessionDuration", Shape::Duration),
    property("stsEndpointOverride", Shape::String),
    property("compatibilityMode", Shape::Boolean),
    property("forcePathStyle", Shape::Boolean),
];

/// These, and a task's own.
pub(super) const fn with<const OWN: usize, const ALL: usize>(
    own: [PropertyType; OWN],
) -> [PropertyType; ALL] {
    joined(&[&PROPERTIES, &own])
}

/// Whom a task calls, and as whom.
#[derive(Debug, Default)]
pub(super) struct Connection {
    region: Option<String>,
    endpoint: Option<String>,
    credentials: Option<Credentials>,
    role: Option<Role>,
    /// For services that are S3's alike and know less than it: no checksums but where they are asked for.
    pub(super) is_compatible: bool,
    /// Buckets in the path of URLs, not in their host.
    pub(super) path_style: bool,
}

#[derive(Debug)]
struct Role {
    arn: String,
    external_id: Option<String>,
    session: Option<String>,
    lasts: Duration,
    endpoint: Option<String>,
}

impl Connection {
    /// Reads what every task here has.
    pub(super) fn read(properties: &mut Properties<'_>) -> Self {
        let mut text =
            |name| properties.text(name).map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        let (region, endpoint) = (text("region"), text("endpointOverride"));
        let (key, secret) = (text("accessKeyId"), text("secretKeyId"));
        let (token, arn) = (text("sessionToken"), text("stsRoleArn"));
        let (external_id, session) = (text("stsRoleExternalId"), text("stsRoleSessionName"));
        let sts = text("stsEndpointOverride");
        for (name, endpoint) in [("endpointOverride", &endpoint), ("stsEndpointOverride", &sts)] {
            check(properties, name, endpoint.as_deref());
        }
        if key.is_some() != secret.is_some() {
            properties.problem("`accessKeyId` and `secretKeyId` belong together".to_owned());
        }
        let lasts = properties.duration("stsRoleSessionDuration").unwrap_or(ROLE_SESSION);
        if lasts < ROLE_SESSION || lasts > ROLE_SESSION_MAX {
            properties.problem("`stsRoleSessionDuration` must be from 15 minutes to 12 hours".to_owned());
        }
        let credentials =
            key.zip(secret).map(|(key, secret)| Credentials::new(key, secret, token, None, "the flow"));
        Self {
            region,
            endpoint,
            credentials,
            role: arn.map(|arn| Role { arn, external_id, session, lasts, endpoint: sts }),
            is_compatible: properties.flag("compatibilityMode", false),
            path_style: properties.flag("forcePathStyle", false),
        }
    }

    /// What clients of the SDK are made of. `execution` names the session of a role.
    ///
    /// # Errors
    /// Nobody knows the region, or has given the task credentials.
    pub(super) async fn open(
        &self,
        shared: &Shared,
        patience: Patience,
        execution: &str,
    ) -> Result<SdkConfig, String> {
        let region = self.region.clone().or_else(|| shared.region.clone());
        let region = region.map(Region::new).ok_or("`region` must say in which region the service is")?;
        let credentials = match &self.credentials {
            Some(credentials) => SharedCredentialsProvider::new(credentials.clone()),
            None => shared.given.provider().await?,
        };
        let config = |endpoint: Option<&String>, credentials, patience: Patience| {
            let mut config = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(region.clone())
                .credentials_provider(credentials)
                .http_client(Guarded::new(&shared.http))
                .time_source(SystemTimeSource::new())
                .timeout_config(timeouts(patience))
                .retry_config(retries(patience));
            config.set_endpoint_url(endpoint.or(shared.endpoint.as_ref()).cloned());
            config.build()
        };
        let credentials = match &self.role {
            None => credentials,
            Some(role) => {
                let sts = config(role.endpoint.as_ref(), credentials, Patience::SMALL);
                let session =
                    role.session.clone().unwrap_or_else(|| format!("{ROLE_SESSION_PREFIX}{execution}"));
                let mut provider = AssumeRoleProvider::builder(&role.arn)
                    .configure(&sts)
                    .session_name(session)
                    .session_length(role.lasts);
                if let Some(id) = &role.external_id {
                    provider = provider.external_id(id);
                }
                SharedCredentialsProvider::new(provider.build().await)
            }
        };
        Ok(config(self.endpoint.as_ref(), credentials, patience))
    }
}

fn check(properties: &mut Properties<'_>, name: &str, endpoint: Option<&str>) {
    let is_sound = |text: &str| Url::parse(text).is_ok_and(|it| matches!(it.scheme(), "http" | "https"));
    if let Some(text) = endpoint.filter(|text| !is_sound(text)) {
        properties.problem(format!("`{name}`: `{text}` is not a URL such as https://s3.example.com"));
    }
}

fn timeouts(patience: Patience) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_MAX)
        .operation_attempt_timeout(patience.attempt)
        .operation_timeout(patience.call)
        .build()
}

fn retries(patience: Patience) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(patience.attempts)
        .with_initial_backoff(BACKOFF_FIRST)
        .with_max_backoff(BACKOFF_MAX)
}
