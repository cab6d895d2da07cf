//! AES-GCM as Kestra writes it: nonce, cipher text and tag in a row, in base64.

use std::{fmt, str::FromStr, sync::Arc};

use aws_lc_rs::{
    aead::{AES_128_GCM, AES_192_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// Bytes of the key of a deployment.
const KEY_BYTES: usize = 32;

/// What texts are encrypted with. It is never shown. Cheap to clone.
#[derive(Clone)]
pub struct Key(Arc<Derived>);

struct Derived {
    cipher: LessSafeKey,
    nonces: hmac::Key,
}

/// Why something is no key. The text is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    #[error("a key is base64, such as `openssl rand -base64 32` prints")]
    NotBase64,
    #[error("a key has {expected} bytes, this one has {bytes}; `openssl rand -base64 32` prints one of 32")]
    Length { expected: &'static str, bytes: usize },
}

/// A text that was not encrypted with the key, or was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not encrypted with this key")]
pub struct NotOpened;

impl Key {
    /// A key of any size that AES has, as Kestra's functions take them.
    ///
    /// # Errors
    /// It is not base64, or of another size.
    pub(crate) fn of_any_size(text: &str) -> Result<Self, WrongKey> {
        Self::new(&decoded(text)?)
    }

    fn new(bytes: &[u8]) -> Result<Self, WrongKey> {
        let algorithm = match bytes.len() {
            16 => &AES_128_GCM,
            24 => &AES_192_GCM,
            KEY_BYTES => &AES_256_GCM,
            other => return Err(WrongKey::Length { expected: "16, 24 or 32", bytes: other }),
        };
        let key = UnboundKey::new(algorithm, bytes).expect("the length is the algorithm's");
        let nonces = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        Ok(Self(Arc::new(Derived { cipher: LessSafeKey::new(key), nonces })))
    }

    /// Encrypts a text. `chance` makes the same text look different each time.
    ///
    /// The nonce is a MAC of both: two different texts never share one, even where `chance` repeats, which would give
    /// the key away.
    #[allow(
        clippy::missing_panics_doc,
        reason = "no text in memory is too long, and no nonce has another length"
    )]
    pub fn seal(&self, text: &str, chance: u128) -> String {
        let mut mac = hmac::Context::with_key(&self.0.nonces);
        mac.update(&chance.to_be_bytes());
        mac.update(text.as_bytes());
        let mut sealed = mac.sign().as_ref()[..NONCE_LEN].to_vec();
        let nonce = Nonce::try_assume_unique_for_key(&sealed).expect("its length is a nonce's");
        let mut content = text.as_bytes().to_vec();
        self.0
            .cipher
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut content)
            .expect("a text in memory is shorter than the 64 GiB that AES-GCM takes");
        sealed.append(&mut content);
        BASE64.encode(sealed)
    }

    /// Decrypts what [`Self::seal`] made.
    ///
    /// # Errors
    /// It is anything else.
    pub fn open(&self, sealed: &str) -> Result<String, NotOpened> {
        let mut bytes = BASE64.decode(sealed).map_err(|_| NotOpened)?;
        let (nonce, content) = bytes.split_at_mut_checked(NONCE_LEN).ok_or(NotOpened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOpened)?;
        let text = self.0.cipher.open_in_place(nonce, Aad::empty(), content).map_err(|_| NotOpened)?;
        std::str::from_utf8(text).map(str::to_owned).map_err(|_| NotOpened)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, WrongKey> {
    BASE64.decode(text.trim()).map_err(|_| WrongKey::NotBase64)
}

/// The key of a deployment: 32 bytes in base64.
impl FromStr for Key {
    type Err = WrongKey;

    fn from_str(text: &str) -> Result<Self, WrongKey> {
        let bytes = decoded(text)?;
        if bytes.len() != KEY_BYTES {
            return Err(WrongKey::Length { expected: "32", bytes: bytes.len() });
        }
        Self::new(&bytes)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests;
