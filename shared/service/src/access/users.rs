//! Users: a name and a password each.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use ports::store::{Condition, Content, Write};
use serde::{Deserialize, Serialize};

use super::{Found, Principal, Reach, Role, SECRET_BYTES_MAX, password::Hashed, written};
use crate::{Error, Service, keys};

/// Bytes of a new password at least.
const PASSWORD_BYTES_MIN: usize = 8;

/// What a user is to be.
#[derive(Clone)]
pub struct NewUser {
    /// Has no colon: Basic authentication puts one after it.
    pub name: String,
    pub password: String,
    pub role: Role,
    pub reach: Reach,
}

/// A user without the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEntry {
    pub name: String,
    pub role: Role,
    pub reach: Reach,
    pub created_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    user: UserEntry,
    password: Hashed,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Service {
    /// Makes a user.
    ///
    /// # Errors
    /// `Invalid` for what it may not be, for more than the giver has, and when there is one of that name.
    pub async fn create_user(&self, by: &Principal, new: NewUser) -> Result<UserEntry, Error> {
        self.check_grant(by, &new.name, &new.reach).await?;
        if new.name.contains(':') {
            return Err(Error::argument("the name of a user has no colon".to_owned()));
        }
        if !(PASSWORD_BYTES_MIN..=SECRET_BYTES_MAX).contains(&new.password.len()) {
            let message = format!("a password has {PASSWORD_BYTES_MIN} to {SECRET_BYTES_MAX} bytes");
            return Err(Error::argument(message));
        }
        self.check_room(keys::USERS, "users").await?;
        let created_at = self.now().as_millis();
        let user = UserEntry { name: new.name, role: new.role, reach: new.reach, created_at };
        let text = new.password;
        let password = self.hashing(move || Hashed::of(&text)).await?;
        let stored = Stored { user, password };
        let body = written(&stored);
        let key = keys::access(keys::USERS, &stored.user.name);
        let content = Content { body, ..Content::default() };
        let put = Write::Put { key, condition: Condition::Absent, content };
        match self.store().commit(vec![put]).await {
            Err(ports::store::Error::Conflict(_)) => {
                Err(Error::argument(format!("there is a user '{}' already", stored.user.name)))
            }
            done => {
                done?;
                self.guard();
                Ok(stored.user)
            }
        }
    }

    /// The users within somebody's reach, by name.
    ///
    /// # Errors
    /// The store's.
    pub async fn users(&self, by: &Principal) -> Result<Vec<UserEntry>, Error> {
        let all = self.access_entries(keys::USERS).await?;
        let users = all.iter().map(|item| Ok(read(&item.content.body)?.user));
        let users: Vec<UserEntry> = users.collect::<Result<_, Error>>()?;
        Ok(users.into_iter().filter(|user| by.reach.holds(&user.reach)).collect())
    }

    /// A user is let in no more: here at once, elsewhere after [`super::KNOWN_FOR`].
    ///
    /// # Errors
    /// `NotFound`, also when it is beyond somebody's reach.
    pub async fn remove_user(&self, by: &Principal, name: &str) -> Result<(), Error> {
        let missing = || Error::NotFound(format!("User '{name}' not found"));
        if name.is_empty() || name.len() > super::NAME_BYTES_MAX {
            return Err(missing());
        }
        let key = keys::access(keys::USERS, name);
        let item = self.store().get(&key).await?.ok_or_else(missing)?;
        if !by.reach.holds(&read(&item.content.body)?.user.reach) {
            return Err(missing());
        }
        self.store().commit(vec![Write::Delete { key, condition: Condition::None }]).await?;
        self.shared.callers.forget_all();
        Ok(())
    }

    /// Costs as much for a user who is not there as for one who is.
    pub(super) async fn user_by_password(&self, name: &str, password: &str) -> Result<Option<Found>, Error> {
        let sizes = [(name.len(), super::NAME_BYTES_MAX), (password.len(), SECRET_BYTES_MAX)];
        if sizes.iter().any(|(size, max)| *size == 0 || size > max) {
            return Ok(None);
        }
        let key = keys::access(keys::USERS, name);
        let item = self.store().get(&key).await?;
        let given = password.to_owned();
        let Some(item) = item else {
            self.hashing(move || Hashed::of(&given)).await?;
            return Ok(None);
        };
        let Stored { user, password } = read(&item.content.body)?;
        if !self.hashing(move || password.fits(&given)).await? {
            return Ok(None);
        }
        let principal = Principal { name: user.name, role: user.role, reach: user.reach };
        Ok(Some(Found { principal: Arc::new(principal), item: (key, item.version), expires_at: None }))
    }

    /// Hashes a password where nobody waits for the thread.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let callers = &self.shared.callers;
        let _permit = callers.hashing.acquire().await.expect("it is never closed");
        callers.hashed.fetch_add(1, Relaxed);
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| Error::Internal(format!("a password was not hashed: {error}")))?
    }
}

fn read(body: &[u8]) -> Result<Stored, Error> {
    serde_json::from_slice(body).map_err(|error| Error::Locked(format!("a user cannot be read: {error}")))
}
