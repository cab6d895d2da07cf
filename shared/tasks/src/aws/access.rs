//! Whose credentials a task has when its flow names none.

use std::{
    collections::HashMap,
    ffi::OsString,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use aws_config::{SdkConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use ports::Answer;
use tokio::sync::OnceCell;

/// Names the role, or says `own`.
const ROLE: &str = "ROUNDTRIP_TASK_ROLE";
/// What the SDKs of AWS look for.
const REGIONS: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];
const ENDPOINT: &str = "AWS_ENDPOINT_URL";
/// What sessions of that role are called.
const SESSION: &str = "roundtrip-tasks";
/// Credentials that end sooner are not used any more: an attempt has begun with them then, and goes on.
const LEFT_MIN: Duration = Duration::from_mins(5);

/// Whose credentials a task has when its flow names none. Kestra: those of the process. Here nobody's unless somebody
/// says so, because the process may read and write everything that flows have kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Access {
    /// Nobody's: such a task fails.
    #[default]
    None,
    /// The process's own, as the SDK finds them.
    Own,
    /// Those of a role, by its ARN, which the process may assume.
    Role(String),
}

/// How this process finds its own credentials, and connections to ask for a role with. Those of a task are no good for
/// that: their guard forbids the addresses where platforms keep credentials.
#[derive(Clone)]
pub struct Own(Arc<dyn Fn() -> Answer<'static, SdkConfig> + Send + Sync>);

impl Own {
    /// Called once, when a task asks first.
    pub fn new(find: impl Fn() -> Answer<'static, SdkConfig> + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }
}

impl fmt::Debug for Own {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Own")
    }
}

/// What tasks have of this process when their flow says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defaults {
    pub access: Access,
    pub region: Option<String>,
    /// Where the services are, if not where AWS has them. The guard of tasks looks at it as at any other.
    pub endpoint: Option<String>,
}

impl Defaults {
    /// As `ROUNDTRIP_TASK_ROLE` says (the ARN of a role, `own`, or nothing), and the variables that all SDKs know.
    pub fn of_variables(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let texts = variables.into_iter().filter_map(|(name, value)| {
            let value = value.into_string().ok().filter(|it| !it.is_empty())?;
            Some((name.into_string().ok()?, value))
        });
        let mut variables: HashMap<String, String> = texts.collect();
        let access = match variables.remove(ROLE) {
            None => Access::None,
            Some(own) if own == "own" => Access::Own,
            Some(role) => Access::Role(role),
        };
        let region = REGIONS.iter().find_map(|name| variables.remove(*name));
        Self { access, region, endpoint: variables.remove(ENDPOINT) }
    }
}

/// The credentials, once somebody has asked for them.
#[derive(Debug)]
pub(super) struct Given {
    access: Access,
    own: Option<Own>,
    provider: OnceCell<SharedCredentialsProvider>,
}

impl Given {
    pub(super) fn new(access: Access, own: Option<Own>) -> Self {
        Self { access, own, provider: OnceCell::new() }
    }

    /// Whether nobody gives any.
    pub(super) fn is_none(&self) -> bool {
        self.access == Access::None
    }

    /// # Errors
    /// What a flow can do about it, where nobody gives it credentials.
    pub(super) async fn provider(&self) -> Result<SharedCredentialsProvider, String> {
        if self.access == Access::None {
            return Err(format!(
                "the task has no credentials: set `accessKeyId` and `secretKeyId`. Tasks get a role of this deployment \
                 only where {ROLE} names one"
            ));
        }
        Ok(self.provider.get_or_init(|| self.open()).await.clone())
    }

    async fn open(&self) -> SharedCredentialsProvider {
        let own = match &self.own {
            Some(Own(find)) => Some(find().await),
            None => None,
        };
        let provider = match (&self.access, own) {
            (Access::Role(role), Some(own)) => {
                let role = AssumeRoleProvider::builder(role).configure(&own).session_name(SESSION);
                Some(SharedCredentialsProvider::new(role.build().await))
            }
            (Access::Own | Access::None, Some(own)) => own.credentials_provider(),
            (Access::Role(_) | Access::Own | Access::None, None) => None,
        };
        SharedCredentialsProvider::new(Kept { provider, last: Mutex::default() })
    }
}

/// Asks again only when what it was told last is about to end: a client of the SDK remembers, but each attempt has its
/// own.
#[derive(Debug)]
struct Kept {
    provider: Option<SharedCredentialsProvider>,
    last: Mutex<Option<Credentials>>,
}

impl Kept {
    fn last(&self) -> std::sync::MutexGuard<'_, Option<Credentials>> {
        self.last.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let until = SystemTime::now() + LEFT_MIN;
        let last = self.last().clone().filter(|it| it.expiry().is_none_or(|end| end > until));
        if let Some(last) = last {
            return Ok(last);
        }
        let none = || CredentialsError::not_loaded("this process has no credentials of AWS");
        let credentials = self.provider.as_ref().ok_or_else(none)?.provide_credentials().await?;
        *self.last() = Some(credentials.clone());
        Ok(credentials)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Defaults, ROLE};

    #[test]
    fn nobody_has_a_role_unless_it_is_named() {
        let of = |value: &str| {
            let variables = [("A", "b"), (ROLE, value), ("AWS_REGION", "eu-west-1")];
            Defaults::of_variables(variables.map(|(name, value)| (name.into(), value.into())))
        };
        assert_eq!(Defaults::of_variables([]), Defaults::default());
        assert_eq!(of("").access, Access::None);
        assert_eq!(of("").region.as_deref(), Some("eu-west-1"));
        assert_eq!(of("own").access, Access::Own);
        assert_eq!(of("arn:aws:iam::1:role/a").access, Access::Role("arn:aws:iam::1:role/a".to_owned()));
    }
}
