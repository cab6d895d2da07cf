//! Secrets of the environment: texts that an operator gave the process, read once at its start.

use std::{collections::HashMap, fmt};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use ports::{
    Answer,
    secrets::{Error, Secrets},
};

/// What the names of the variables start with. Kestra's.
const PREFIX: &str = "SECRET_";

/// Base64 with or without its padding, as Java reads it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Secrets by their keys in upper case. They are never shown.
#[derive(Clone, Default)]
pub struct Vault(HashMap<String, Kept>);

#[derive(Clone)]
enum Kept {
    Text(String),
    NotBase64,
}

impl Vault {
    /// Of the variables of an environment: `SECRET_MY_KEY` holds the secret `my_key` in base64. Others are passed over.
    pub fn of_variables(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let secrets = variables.into_iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?.to_uppercase();
            let kept = match BASE64.decode(value.trim()) {
                Ok(bytes) => Kept::Text(String::from_utf8_lossy(&bytes).into_owned()),
                Err(_) => Kept::NotBase64,
            };
            Some((key, kept))
        });
        Self(secrets.collect())
    }
}

impl Secrets for Vault {
    /// In whatever case the key is written.
    fn secret<'a>(&'a self, key: &'a str) -> Answer<'a, Result<String, Error>> {
        let upper = key.to_uppercase();
        let answer = match self.0.get(&upper) {
            Some(Kept::Text(text)) => Ok(text.clone()),
            Some(Kept::NotBase64) => {
                Err(Error::Unreadable(format!("{PREFIX}{upper} is set, but it is not base64")))
            }
            None => Err(Error::NotFound),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use ports::secrets::{Error, Secrets as _};

    use super::Vault;

    #[tokio::test]
    async fn secrets_are_found_by_their_keys() {
        let variables =
            [("SECRET_MY_KEY", "aGVsbG8="), ("SECRET_short", "aGk"), ("SECRET_BAD", "?"), ("OTHER", "aGk=")];
        let vault = Vault::of_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        for (key, text) in [("my_key", "hello"), ("MY_KEY", "hello"), ("Short", "hi")] {
            assert_eq!(vault.secret(key).await, Ok(text.to_owned()));
        }
        let bad = "SECRET_BAD is set, but it is not base64";
        assert_eq!(vault.secret("bad").await, Err(Error::Unreadable(bad.to_owned())));
        assert_eq!(vault.secret("other").await, Err(Error::NotFound));
        assert_eq!(format!("{vault:?}"), "Vault(3)");
    }
}
