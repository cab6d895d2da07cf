//! Identities. Kestra's alphabet and shape: base62 of a 128-bit number, here always 22 characters.
//!
//! New ids are version 7 UUIDs, so that their text sorts by time of creation (the alphabet is in ASCII order).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Characters of an id.
pub const ID_CHARACTERS: usize = 22;

/// A text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is {ID_CHARACTERS} characters of 0-9, A-Z, a-z")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u128);

        impl $name {
            pub const fn from_u128(number: u128) -> Self {
                Self(number)
            }

            pub const fn as_u128(self) -> u128 {
                self.0
            }

            /// Its text, written to where the caller has room for it.
            pub fn text(self, buffer: &mut [u8; ID_CHARACTERS]) -> &str {
                write(self.0, buffer)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(write(self.0, &mut [0; ID_CHARACTERS]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(write(self.0, &mut [0; ID_CHARACTERS]))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                read(&text).map(Self).map_err(serde::de::Error::custom)
            }
        }
    };
}

id! {
    /// Names one execution.
    ExecutionId
}
id! {
    /// Names one task run of an execution.
    TaskRunId
}

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Two digits of every number below 62².
static PAIRS: [[u8; 2]; 62 * 62] = {
    let mut pairs = [[0; 2]; 62 * 62];
    let mut number = 0;
    while number < pairs.len() {
        pairs[number] = [ALPHABET[number / 62], ALPHABET[number % 62]];
        number += 1;
    }
    pairs
};

fn write(mut number: u128, buffer: &mut [u8; ID_CHARACTERS]) -> &str {
    // Ten digits at a time: 128-bit divisions are slow, and 62^10 is the most that 64 bits hold.
    const TEN_DIGITS: u128 = 62u128.pow(10);
    for digits in buffer.rchunks_mut(10) {
        let mut low = u64::try_from(number % TEN_DIGITS).expect("62^10 is less than 2^64");
        number /= TEN_DIGITS;
        for pair in digits.rchunks_exact_mut(2) {
            pair.copy_from_slice(&PAIRS[usize::try_from(low % 3_844).expect("less than 62²")]);
            low /= 3_844;
        }
    }
    std::str::from_utf8(buffer).expect("the alphabet is ASCII")
}

fn read(text: &str) -> Result<u128, NotAnId> {
    if text.len() != ID_CHARACTERS {
        return Err(NotAnId);
    }
    base62::decode(text).map_err(|_| NotAnId)
}

#[cfg(test)]
mod tests;
