//! Sessions: what an API token is exchanged for, so that it is not shown with every request.
//!
//! A session names its token and its end, and is signed with a key that the token has for it: nothing is stored for one,
//! every process knows it, its end can be told from a text that nobody gave, and it ends with its token.

use std::{fmt::Write as _, time::Duration};

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use engine::time::Timestamp;
use ports::store::{Condition, Content, Write};

use super::{Refused, random, tokens::Stored, written};
use crate::{Class, Error, Service, keys};

/// How long a session counts. Conductor's clients ask for another one after 45 minutes.
pub const SESSION_FOR: Duration = Duration::from_hours(1);
const PREFIX: &str = "rt_session_";
/// Tries against others who open the first session of the same token.
const TRIES_MAX: usize = 8;

/// A session as it is shown.
pub(super) struct Session<'t> {
    /// Under which its token is stored.
    pub(super) token: &'t str,
    pub(super) expires_at: Timestamp,
    signature: &'t str,
}

impl<'t> Session<'t> {
    /// None for what is no session.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let mut parts = text.strip_prefix(PREFIX)?.split('_');
        let (token, expires_at, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let is_hash = token.len() == 64 && token.bytes().all(|it| it.is_ascii_hexdigit());
        let expires_at = Timestamp::from_millis(expires_at.parse().ok()?);
        (is_hash && parts.next().is_none()).then_some(Self { token, expires_at, signature })
    }

    pub(super) fn is_signed_with(&self, key: &str) -> bool {
        let right = signature(key, self.token, self.expires_at);
        verify_slices_are_equal(right.as_bytes(), self.signature.as_bytes()).is_ok()
    }
}

fn signature(key: &str, token: &str, expires_at: Timestamp) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    hex(hmac::sign(&key, format!("{token}_{}", expires_at.as_millis()).as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl Service {
    /// A session of an API token, by the text of that token. It ends after [`SESSION_FOR`], or with the token.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn open_session(&self, token: &str) -> Result<String, Refused> {
        let hash = super::tokens::hash(token);
        let key = keys::access(keys::TOKENS, &hash);
        for _ in 0..TRIES_MAX {
            let now = self.now();
            let item = self.store().get(&key).await.map_err(Error::from)?.ok_or(Refused::Unknown)?;
            let mut stored = Stored::read(&item.content.body)?;
            let ends = stored.token.expires_at.map(Timestamp::from_millis);
            if ends.is_some_and(|at| at <= now) {
                return Err(Refused::Expired);
            }
            if let Some(signing) = &stored.session_key {
                let expires_at = ends.map_or(now.plus(SESSION_FOR), |at| at.min(now.plus(SESSION_FOR)));
                let signature = signature(signing, &hash, expires_at);
                return Ok(format!("{PREFIX}{hash}_{}_{signature}", expires_at.as_millis()));
            }
            stored.session_key = Some(hex(&random::<32>()));
            let content = Content { body: written(&stored), ..item.content };
            let condition = Condition::Version(item.version);
            let put = vec![Write::Put { key: key.clone(), condition, content }];
            match self.store().commit(put).await.map_err(Error::from) {
                Ok(()) => {}
                Err(error) if error.class() == Class::Contention => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refused::Trouble(Error::Contention("others open sessions of the same token".to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_of_its_key_its_token_and_its_end() {
        let (token, end) = ("a".repeat(64), Timestamp::from_millis(5));
        let signed = signature("key", &token, end);
        let text = format!("{PREFIX}{token}_5_{signed}");
        let session = Session::read(&text).unwrap();
        assert!(session.is_signed_with("key") && !session.is_signed_with("other"));
        let later = format!("{PREFIX}{token}_6_{signed}");
        assert!(!Session::read(&later).unwrap().is_signed_with("key"));
        for wrong in ["rt_session_", "rt_session_a_5_b", &format!("{text}_x"), &text.replace("_5_", "_x_")] {
            assert!(Session::read(wrong).is_none(), "{wrong}");
        }
    }
}
