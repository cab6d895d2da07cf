//! Tokens: random, shown once, stored as their SHA-256.

use std::{fmt::Write as _, sync::Arc};

use engine::{id::ExecutionId, time::Timestamp};
use ports::store::{Condition, Content, Write};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Found, Principal, Reach, Refused, Role, SECRET_BYTES_MAX, random, sessions::Session, written};
use crate::{Error, Service, keys};

/// What a token is to be.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub name: String,
    pub role: Role,
    pub reach: Reach,
    /// It counts no more from then on.
    pub expires_at: Option<Timestamp>,
}

/// A token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Names it where it is shown and revoked.
    pub id: String,
    pub name: String,
    pub role: Role,
    pub reach: Reach,
    pub created_at: i64,
    pub expires_at: Option<i64>,
}

/// How every token begins, so that scanners of secrets find one that got lost.
const PREFIX: &str = "rt_";
/// A 128-bit number in base62 has so many digits.
const DIGITS: usize = 22;

impl Service {
    /// Makes a token. The text is given this once.
    ///
    /// # Errors
    /// `Invalid` for what it may not be, or for more than the giver has.
    pub async fn create_token(&self, by: &Principal, new: NewToken) -> Result<(Token, String), Error> {
        self.check_grant(by, &new.name, &new.reach).await?;
        self.check_room(keys::TOKENS, "tokens").await?;
        if new.expires_at.is_some_and(|at| at <= self.now()) {
            return Err(Error::argument("a token expires in the future".to_owned()));
        }
        let secret = secret();
        let token = Token {
            id: ExecutionId::from_u128(self.new_id()).to_string(),
            name: new.name,
            role: new.role,
            reach: new.reach,
            created_at: self.now().as_millis(),
            expires_at: new.expires_at.map(Timestamp::as_millis),
        };
        let body = written(&token);
        let content = Content { body, expires_at: new.expires_at, ..Content::default() };
        let key = keys::access(keys::TOKENS, &hash(&secret));
        self.store().commit(vec![Write::Put { key, condition: Condition::Absent, content }]).await?;
        self.guard();
        Ok((token, secret))
    }

    /// The tokens within somebody's reach, by name.
    ///
    /// # Errors
    /// The store's.
    pub async fn tokens(&self, by: &Principal) -> Result<Vec<Token>, Error> {
        let mut tokens = Vec::new();
        for item in self.access_entries(keys::TOKENS).await? {
            let token = Stored::read(&item.content.body)?.token;
            if by.reach.holds(&token.reach) {
                tokens.push(token);
            }
        }
        tokens.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(tokens)
    }

    /// A token counts no more: here at once, elsewhere after [`super::KNOWN_FOR`].
    ///
    /// # Errors
    /// `NotFound`, also when it is beyond somebody's reach.
    pub async fn revoke_token(&self, by: &Principal, id: &str) -> Result<(), Error> {
        for item in self.access_entries(keys::TOKENS).await? {
            let token = Stored::read(&item.content.body)?.token;
            if token.id == id && by.reach.holds(&token.reach) {
                self.store()
                    .commit(vec![Write::Delete { key: item.key, condition: Condition::None }])
                    .await?;
                self.shared.callers.forget_all();
                return Ok(());
            }
        }
        Err(Error::NotFound(format!("Token '{id}' not found")))
    }

    /// Of a token, or of a session that one was exchanged for.
    pub(super) async fn holder_of_token(&self, text: &str, now: Timestamp) -> Result<Option<Found>, Refused> {
        if !text.starts_with(PREFIX) || text.len() > SECRET_BYTES_MAX {
            return Ok(None);
        }
        let session = Session::read(text);
        // What is random cannot be found byte by byte: only its hash is compared.
        let hash = session.as_ref().map_or_else(|| hash(text), |it| it.token.to_owned());
        let key = keys::access(keys::TOKENS, &hash);
        let Some(item) = self.store().get(&key).await.map_err(Error::from)? else { return Ok(None) };
        let Stored { token, session_key } = Stored::read(&item.content.body)?;
        if let Some(session) = &session
            && !session_key.is_some_and(|key| session.is_signed_with(&key))
        {
            return Ok(None);
        }
        let of_token = token.expires_at.map(Timestamp::from_millis);
        let expires_at = session.map(|it| it.expires_at).into_iter().chain(of_token).min();
        if expires_at.is_some_and(|at| at <= now) {
            return Err(Refused::Expired);
        }
        let principal = Principal { name: token.name, role: token.role, reach: token.reach };
        Ok(Some(Found { principal: Arc::new(principal), item: (key, item.version), expires_at }))
    }
}

/// A token as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub(super) token: Token,
    /// Signs its sessions, from the first one on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) session_key: Option<String>,
}

impl Stored {
    pub(super) fn read(body: &[u8]) -> Result<Self, Error> {
        serde_json::from_slice(body)
            .map_err(|error| Error::Locked(format!("a token cannot be read: {error}")))
    }
}

fn secret() -> String {
    let number = || base62::encode(u128::from_be_bytes(random()));
    format!("{PREFIX}{:0>DIGITS$}{:0>DIGITS$}", number(), number())
}

pub(super) fn hash(token: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(token.as_bytes()) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_none_is_like_another() {
        let all: std::collections::HashSet<String> = (0..1_000).map(|_| secret()).collect();
        assert_eq!(all.len(), 1_000);
        assert!(all.iter().all(|it| it.len() == PREFIX.len() + 2 * DIGITS && it.starts_with(PREFIX)));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
