//! Passwords as they are stored: argon2id of a random salt.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};

use super::random;
use crate::Error;

/// Memory of one verification in KiB, rounds, lanes: what OWASP recommends. About 40 ms.
const MEMORY_KIB: u32 = 19 * 1024;
const ROUNDS: u32 = 2;
const LANES: u32 = 1;
const HASH_BYTES: usize = 32;
const SALT_BYTES: usize = 16;

/// A password nobody can read. Says with what it was made, so that new ones may be made dearer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Hashed {
    memory_kib: u32,
    rounds: u32,
    lanes: u32,
    salt: String,
    hash: String,
}

impl Hashed {
    /// Takes [`MEMORY_KIB`] and some 40 ms: not on a thread that others need.
    pub(super) fn of(password: &str) -> Result<Self, Error> {
        let salt: [u8; SALT_BYTES] = random();
        let made = Self {
            memory_kib: MEMORY_KIB,
            rounds: ROUNDS,
            lanes: LANES,
            salt: BASE64.encode(salt),
            hash: String::new(),
        };
        Ok(Self { hash: BASE64.encode(made.hash_of(password)?), ..made })
    }

    /// Costs as much as [`Hashed::of`].
    pub(super) fn fits(&self, password: &str) -> Result<bool, Error> {
        let stored = BASE64.decode(&self.hash).map_err(damaged)?;
        Ok(aws_lc_rs::constant_time::verify_slices_are_equal(&stored, &self.hash_of(password)?).is_ok())
    }

    fn hash_of(&self, password: &str) -> Result<[u8; HASH_BYTES], Error> {
        let params =
            Params::new(self.memory_kib, self.rounds, self.lanes, Some(HASH_BYTES)).map_err(damaged)?;
        let salt = BASE64.decode(&self.salt).map_err(damaged)?;
        let mut hash = [0; HASH_BYTES];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(password.as_bytes(), &salt, &mut hash).map_err(damaged)?;
        Ok(hash)
    }
}

fn damaged(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a stored password cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_fits() {
        let hashed = Hashed::of("kestra").unwrap();
        assert!(hashed.fits("kestra").unwrap());
        assert!(!hashed.fits("Kestra").unwrap() && !hashed.fits("").unwrap());
        assert_ne!(hashed.salt, Hashed::of("kestra").unwrap().salt);
    }
}
