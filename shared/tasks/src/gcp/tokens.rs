//! What service accounts have been given to show for themselves.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use engine::time::Timestamp;
use sha2::{Digest, Sha256};

/// Tokens that are kept. Past that, the one that ends first goes.
const KEPT_MAX: usize = 64;
/// So long before its end a token is not used any more.
const MARGIN: Duration = Duration::from_mins(1);

/// Whose token, and for what.
pub(super) type Key = [u8; 32];

/// Tokens that are valid, by who may show them.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<Key, Token>>);

struct Token {
    text: String,
    ends: Timestamp,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").finish_non_exhaustive()
    }
}

/// The key of a service account's token for these scopes. Who has another key file of it has another key here.
pub(super) fn key(account: &[u8; 32], scopes: &str) -> Key {
    Sha256::new().chain_update(account).chain_update(scopes).finalize().into()
}

impl Tokens {
    pub(super) fn get(&self, key: &Key, now: Timestamp) -> Option<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|it| it.ends > now.plus(MARGIN)).map(|it| it.text.clone())
    }

    pub(super) fn put(&self, key: Key, text: String, ends: Timestamp, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, it| it.ends > now);
        kept.insert(key, Token { text, ends });
        if kept.len() > KEPT_MAX {
            let first = kept.iter().min_by_key(|(_, it)| it.ends).map(|(key, _)| *key);
            first.and_then(|key| kept.remove(&key));
        }
    }

    /// One that is refused is not shown again.
    pub(super) fn forget(&self, key: &Key, text: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.get(key).is_some_and(|it| it.text == text) {
            kept.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_shortly_before_its_end_and_no_more_are_kept_than_the_limit() {
        let tokens = Tokens::default();
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        let keys: Vec<Key> = (0..=KEPT_MAX).map(|it| key(&[1; 32], &it.to_string())).collect();
        tokens.put(keys[0], "first".into(), at(100), at(0));
        assert_eq!(tokens.get(&keys[0], at(39)).as_deref(), Some("first"));
        assert_eq!(tokens.get(&keys[0], at(40)), None);
        for key in &keys[1..] {
            tokens.put(*key, "later".into(), at(200), at(0));
        }
        assert_eq!(tokens.get(&keys[0], at(0)), None, "the one that ends first went");
        assert_eq!(tokens.0.lock().unwrap().len(), KEPT_MAX);
        tokens.forget(&keys[1], "another");
        assert!(tokens.get(&keys[1], at(0)).is_some());
        tokens.forget(&keys[1], "later");
        assert_eq!(tokens.get(&keys[1], at(0)), None);
        tokens.put(keys[0], "new".into(), at(1_000), at(500));
        assert_eq!(tokens.0.lock().unwrap().len(), 1, "what is over is not kept");
        assert!(!format!("{tokens:?}").contains("new"));
    }
}
