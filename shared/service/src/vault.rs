//! What `secret('KEY')` gives: texts that an operator gave the process, read once at its start.

use std::{collections::HashMap, fmt};

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
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

    /// The secret of a key, in whatever case it is written.
    ///
    /// # Errors
    /// Kestra's words for one that is not there, and why when there is a variable for it.
    pub fn get(&self, key: &str) -> Result<&str, String> {
        let upper = key.to_uppercase();
        match self.0.get(&upper) {
            Some(Kept::Text(text)) => Ok(text),
            Some(Kept::NotBase64) => Err(format!(
                "Cannot find secret for key '{key}'. {PREFIX}{upper} is set, but it is not base64"
            )),
            None => Err(format!("Cannot find secret for key '{key}'.")),
        }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Vault;

    #[test]
    fn secrets_are_found_by_their_keys() {
        let variables =
            [("SECRET_MY_KEY", "aGVsbG8="), ("SECRET_short", "aGk"), ("SECRET_BAD", "?"), ("OTHER", "aGk=")];
        let vault = Vault::of_variables(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(
            ["my_key", "MY_KEY", "Short"].map(|key| vault.get(key)),
            [Ok("hello"), Ok("hello"), Ok("hi")]
        );
        let bad = "Cannot find secret for key 'bad'. SECRET_BAD is set, but it is not base64";
        assert_eq!(vault.get("bad"), Err(bad.to_owned()));
        assert_eq!(vault.get("other"), Err("Cannot find secret for key 'other'.".to_owned()));
        assert_eq!(format!("{vault:?}"), "Vault(3)");
    }
}
