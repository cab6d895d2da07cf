//! Secrets, and fields of those that are JSON.

use std::time::Duration;

use ports::secrets::{self, Secrets};
use serde_json::Value as Json;

use crate::Error;

/// The text of a key, or why there is none: Kestra's words.
///
/// # Errors
/// It cannot be asked for now.
pub(super) async fn fetch(
    secrets: &dyn Secrets,
    key: &str,
    subkey: Option<&str>,
) -> Result<Result<Json, String>, Error> {
    let text = match secrets.secret(key).await {
        Ok(text) => text,
        Err(secrets::Error::NotFound) => return Ok(Err(format!("Cannot find secret for key '{key}'."))),
        Err(secrets::Error::Unreadable(why)) => {
            return Ok(Err(format!("Cannot find secret for key '{key}'. {why}")));
        }
        Err(error @ secrets::Error::Unavailable(_)) => {
            return Err(Error::Unavailable {
                message: error.to_string(),
                retry_after: Duration::from_secs(1),
            });
        }
    };
    Ok(match subkey {
        None => Ok(Json::from(text)),
        Some(subkey) => field(&text, key, subkey).map(Json::from),
    })
}

/// A field of a secret that is a map in JSON, as a text.
fn field(secret: &str, key: &str, subkey: &str) -> Result<String, String> {
    let json: Json = serde_json::from_str(secret).map_err(|_| {
        format!(
            "Failed to read secret sub-key '{subkey}' from secret '{key}'. Ensure the secret contains valid JSON value."
        )
    })?;
    match json.get(subkey) {
        None => Err(format!("Cannot find secret sub-key '{subkey}' in secret '{key}'.")),
        Some(Json::String(text)) => Ok(text.clone()),
        Some(other) => Ok(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_of_a_secret_is_a_text() {
        let secret = r#"{"user": "me", "port": 5432, "tls": true, "more": {"a": [1]}, "none": null}"#;
        let of = |subkey| field(secret, "DB", subkey);
        assert_eq!(of("user").as_deref(), Ok("me"));
        assert_eq!(of("port").as_deref(), Ok("5432"));
        assert_eq!(of("more").as_deref(), Ok(r#"{"a":[1]}"#));
        assert_eq!(of("none").as_deref(), Ok("null"));
        assert_eq!(of("other"), Err("Cannot find secret sub-key 'other' in secret 'DB'.".to_owned()));
        assert_eq!(
            field("hunter2", "DB", "user"),
            Err("Failed to read secret sub-key 'user' from secret 'DB'. Ensure the secret contains valid JSON value."
                .to_owned())
        );
    }
}
