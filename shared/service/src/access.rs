//! Who may do what: users, tokens, roles, tenants.
//!
//! A caller shows a user and password, or a token. What was right once is recognised by a digest for [`KNOWN_FOR`]; a
//! password is hashed, and the store read, only for what is not. Whoever fails too often is not heard for a while.
//!
//! # Invariants
//! * No credential is stored or logged as it is: passwords as argon2id, tokens as SHA-256.
//! * A credential that was revoked counts no more in this process at once, and in others after [`KNOWN_FOR`].
//! * A failing guess of a password is refused before it is compared with anything while its source has to wait.

mod attempts;
mod credentials;
mod known;
mod network;
mod password;
mod principal;
mod role;
mod sessions;
mod subjects;
mod tenants;
mod tokens;
mod users;

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::Ordering::{Relaxed, SeqCst},
    },
    time::Duration,
};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use bytes::Bytes;
use engine::time::Timestamp;
use ports::store::{Direction, Item, Key, PAGE_ITEMS_MAX, Range, Version};
use serde::Serialize;

pub use credentials::{Callers, Credentials, Rules, User};
pub use known::KNOWN_FOR;
pub(crate) use known::Known;
pub use network::Network;
pub use principal::{Principal, Reach};
pub use role::{Permission, Role};
pub use sessions::SESSION_FOR;
pub(crate) use tenants::Tenants;
pub use tenants::{MAIN, RESERVED};
pub use tokens::{NewToken, Token};
pub use users::{NewUser, UserEntry};

use crate::{Error, Service, keys};
use known::{Digest, Seen};

/// Users, tokens, and tenants, each.
pub const ENTRIES_MAX: usize = PAGE_ITEMS_MAX;
/// Bytes of the name of a user or token.
pub const NAME_BYTES_MAX: usize = 256;
/// Bytes of a password, and of a token. Kestra: 256 characters.
pub const SECRET_BYTES_MAX: usize = 1_024;
/// Namespaces, or tenants, that a credential may be limited to.
pub const LIMITED_TO_MAX: usize = 100;

/// Why a caller is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No credential, or none that is right.
    #[error("nobody is known by this credential")]
    Unknown,
    /// It was right, and its time is over.
    #[error("this credential counts no more")]
    Expired,
    /// Its source failed too often.
    #[error("too many attempts that failed")]
    TooMany { retry_after: Duration },
    /// It cannot be found out.
    #[error(transparent)]
    Trouble(#[from] Error),
}

impl Service {
    /// Whether callers have to say who they are.
    pub fn is_guarded(&self) -> bool {
        self.shared.callers.is_required()
    }

    /// Whether anybody can say who he is. Callers have to from now on if so, unless the settings say otherwise.
    ///
    /// # Errors
    /// The store's.
    pub async fn guard_if_anybody_is_known(&self) -> Result<bool, Error> {
        if self.settings().access.user.is_some() {
            return Ok(true);
        }
        for partition in [keys::USERS, keys::TOKENS] {
            let range = Range { prefix: "", after: None, direction: Direction::Ascending, limit: 1 };
            if !self.store().query(partition, range).await?.is_empty() {
                self.guard();
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// From the first credential on, one has to be shown.
    fn guard(&self) {
        match self.settings().access.callers {
            Callers::AnybodyAtFirst | Callers::Known => self.shared.callers.required.store(true, SeqCst),
            Callers::Vouched | Callers::Anybody => {}
        }
    }

    /// Passwords that this process hashed: what was recognised costs none.
    pub fn passwords_hashed(&self) -> u64 {
        self.shared.callers.hashed.load(Relaxed)
    }

    /// Whom a credential belongs to. Sources that are not known count as one.
    ///
    /// # Errors
    /// See [`Refused`]. A caller who shows nothing has not failed.
    pub async fn recognise(
        &self,
        shown: Option<Credentials>,
        source: Option<IpAddr>,
    ) -> Result<Arc<Principal>, Refused> {
        let Some(shown) = shown else { return Err(Refused::Unknown) };
        let callers = &self.shared.callers;
        let source = source.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let now = self.now();
        let wait = callers.wait(source, now);
        // A password may be weak: while its source has to wait, nothing says whether it is right.
        if let (Some(retry_after), Credentials::Basic { .. }) = (wait, &shown) {
            return Err(Refused::TooMany { retry_after });
        }
        let digest = callers.digest(&shown);
        let changes = callers.changes();
        if let Some(principal) = self.set_by_operator(&shown, &digest) {
            return Ok(principal);
        }
        if let Some(principal) = self.seen_lately(&digest, changes, now).await? {
            return Ok(principal);
        }
        if let Some(retry_after) = wait {
            return Err(Refused::TooMany { retry_after });
        }
        let found = match &shown {
            Credentials::Basic { user, password } => self.user_by_password(user, password).await?,
            Credentials::Bearer(token) => self.holder_of_token(token, now).await?,
        };
        let Some(Found { principal, item, expires_at }) = found else {
            callers.failed(source, now);
            return Err(Refused::Unknown);
        };
        let seen = Seen { principal: Arc::clone(&principal), item, until: self.known_until(now), expires_at };
        callers.remember(digest, seen, changes);
        Ok(principal)
    }

    fn set_by_operator(&self, shown: &Credentials, digest: &Digest) -> Option<Arc<Principal>> {
        let Credentials::Basic { user, .. } = shown else { return None };
        let set = self.settings().access.user.as_ref().filter(|set| set.name == *user)?;
        let set = Credentials::Basic { user: set.name.clone(), password: set.password.clone() };
        verify_slices_are_equal(digest, &self.shared.callers.digest(&set)).ok()?;
        Some(Arc::new(Principal { name: user.clone(), role: Role::Admin, reach: Reach::default() }))
    }

    async fn seen_lately(
        &self,
        digest: &Digest,
        changes: u64,
        now: Timestamp,
    ) -> Result<Option<Arc<Principal>>, Error> {
        let callers = &self.shared.callers;
        let Some(seen) = callers.seen(digest, now) else { return Ok(None) };
        if seen.until.is_none_or(|until| now < until) {
            return Ok(Some(seen.principal));
        }
        let (key, version) = &seen.item;
        if self.store().get(key).await?.is_none_or(|item| item.version != *version) {
            callers.forget(digest);
            return Ok(None);
        }
        let principal = Arc::clone(&seen.principal);
        callers.remember(*digest, Seen { until: self.known_until(now), ..seen }, changes);
        Ok(Some(principal))
    }

    fn known_until(&self, now: Timestamp) -> Option<Timestamp> {
        (!self.settings().alone).then(|| now.plus(KNOWN_FOR))
    }

    /// Every item of a partition of this module.
    async fn access_entries(&self, partition: &str) -> Result<Vec<Item>, Error> {
        let range = Range { prefix: "", after: None, direction: Direction::Ascending, limit: ENTRIES_MAX };
        Ok(self.store().query(partition, range).await?)
    }

    /// # Errors
    /// When there are too many of these already.
    async fn check_room(&self, partition: &str, what: &str) -> Result<(), Error> {
        match self.access_entries(partition).await?.len() {
            ENTRIES_MAX.. => Err(Error::argument(format!("there may be {ENTRIES_MAX} {what}"))),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// A name that is none, a reach beyond the giver's own, or tenants that are not there.
    async fn check_grant(&self, by: &Principal, name: &str, reach: &Reach) -> Result<(), Error> {
        let bytes = name.len();
        if bytes == 0 || bytes > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(Error::argument(format!(
                "a name has 1 to {NAME_BYTES_MAX} bytes and no control characters"
            )));
        }
        for all in [&reach.namespaces, &reach.tenants].into_iter().flatten() {
            if all.is_empty() || all.len() > LIMITED_TO_MAX || all.iter().any(String::is_empty) {
                return Err(Error::argument(format!(
                    "a limit names 1 to {LIMITED_TO_MAX} namespaces or tenants, none empty; without one there is no limit"
                )));
            }
        }
        for tenant in reach.tenants.iter().flatten() {
            if !self.is_tenant(tenant).await? {
                return Err(Error::argument(format!("there is no tenant '{tenant}'")));
            }
        }
        if !by.reach.holds(reach) {
            return Err(Error::argument("nobody can give more namespaces or tenants than he has".to_owned()));
        }
        Ok(())
    }
}

/// Whose credential it is, and what says so.
struct Found {
    principal: Arc<Principal>,
    item: (Key, Version),
    expires_at: Option<Timestamp>,
}

/// How an item of this module is stored.
fn written(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).expect("texts and numbers are JSON").into()
}

/// Fresh random bytes.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("a system that has no randomness starts no process");
    bytes
}

/// A random number that names a process in logs.
pub fn process_number() -> u64 {
    u64::from_be_bytes(random())
}
