//! A service account, and how it says who it is.

use std::fmt;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::time::Timestamp;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use url::Url;

const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// How long what it signs is valid (Google takes no longer).
const VALID_SECONDS: i64 = 3_600;

/// A service account that a flow names, with its key.
pub(super) struct Account {
    /// Its address, which Google knows it by.
    pub(super) email: String,
    /// The project it is of.
    pub(super) project: Option<String>,
    /// Where what it signs is exchanged for a token.
    pub(super) token_uri: Url,
    /// Tells the text it was read from apart from all others, and is no way back to it.
    pub(super) digest: [u8; 32],
    key_id: Option<String>,
    key: RsaKeyPair,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("email", &self.email).finish_non_exhaustive()
    }
}

/// The key file as Google gives it.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "type")]
    kind: Option<String>,
    client_email: Option<String>,
    private_key: Option<String>,
    private_key_id: Option<String>,
    project_id: Option<String>,
    token_uri: Option<String>,
}

impl Account {
    /// Reads the text of a key file. No message has anything of it.
    ///
    /// # Errors
    /// It is none, or not that of a service account.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| {
            format!(
                "`serviceAccount` must be the JSON text of a service account's key, and is not (line {}, column {})",
                error.line(),
                error.column()
            )
        })?;
        let lacks = |name: &str| format!("`serviceAccount` is not a key file: it has no `{name}`");
        if file.kind.as_deref() != Some("service_account") {
            return Err("`serviceAccount` must be the key of a service account: its `type` must be \
                        `service_account`"
                .to_owned());
        }
        let email = file.client_email.ok_or_else(|| lacks("client_email"))?;
        let pem = file.private_key.ok_or_else(|| lacks("private_key"))?;
        let token_uri = Url::parse(file.token_uri.as_deref().unwrap_or(TOKEN_URI))
            .ok()
            .filter(|it| matches!(it.scheme(), "http" | "https"))
            .ok_or("`serviceAccount`: its `token_uri` must be a URI that starts with https://")?;
        Ok(Self {
            email,
            project: file.project_id.filter(|it| !it.is_empty()),
            token_uri,
            digest: Sha256::digest(text).into(),
            key_id: file.private_key_id,
            key: key(&pem)?,
        })
    }

    /// What it signs to be given a token for these scopes: a JWT, valid for an hour.
    ///
    /// # Errors
    /// When there is no randomness.
    pub(super) fn assertion(&self, scopes: &str, now: Timestamp) -> Result<String, String> {
        let issued = now.as_millis().div_euclid(1_000);
        let mut head = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = &self.key_id {
            head["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.email,
            "scope": scopes,
            "aud": self.token_uri.as_str(),
            "iat": issued,
            "exp": issued + VALID_SECONDS,
        });
        let encoded = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", encoded(&head), encoded(&claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| "the key of `serviceAccount` cannot sign".to_owned())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn key(pem: &str) -> Result<RsaKeyPair, String> {
    let refused = "`serviceAccount`: its `private_key` must be an RSA key of 2048 bits or more in PEM";
    let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
        Ok(PrivateKeyDer::Pkcs8(der)) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        Ok(_) | Err(_) => return Err(refused.to_owned()),
    };
    key.map_err(|_| refused.to_owned())
}
