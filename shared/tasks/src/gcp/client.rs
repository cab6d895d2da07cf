//! Asking Google's APIs, as a service account.

use std::{sync::Arc, time::Duration};

use hyper::{
    Method, StatusCode,
    header::{AUTHORIZATION, HeaderValue, RETRY_AFTER},
};
use ports::{blobs::Blobs, clock::Clock};
use serde::Deserialize;
use serde_json::Value as Json;
use tokio::time::sleep;

use super::{
    account::Account,
    failure::{Failure, cut},
    tokens::{self, Tokens},
};
use crate::http::{Ask, Http, Log, Reply, Trouble};

/// Bytes of one answer: a job is told with its whole configuration.
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How often something is asked before its error counts.
pub(super) const TRIES_MAX: u32 = 6;
/// Between the first two tries; then twice as long each time.
pub(super) const WAIT: Duration = Duration::from_secs(1);
/// However long a service asks us to wait.
const WAIT_MAX: Duration = Duration::from_mins(1);
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// Seconds that a token is valid when its endpoint does not say.
const TOKEN_SECONDS: u64 = 3_600;
/// No token is used longer than this, whatever its endpoint says.
const TOKEN_SECONDS_MAX: u64 = 24 * 3_600;

/// One attempt's way to the APIs.
#[derive(Debug)]
pub(super) struct Client<'a> {
    pub(super) http: &'a Http,
    pub(super) clock: &'a dyn Clock,
    pub(super) tokens: &'a Tokens,
    pub(super) account: &'a Account,
    /// Separated by spaces.
    pub(super) scopes: &'a str,
    pub(super) blobs: &'a Arc<dyn Blobs>,
    pub(super) log: &'a Log,
    /// Keeps attempts apart that failed at the same moment: below a second, another for each.
    pub(super) spread: Duration,
}

#[derive(Deserialize)]
struct Grant {
    access_token: String,
    expires_in: Option<u64>,
}

impl Client<'_> {
    /// Asks until there is an answer that is not only for now. Only for what may be done twice.
    ///
    /// # Errors
    /// There is none, or it is an error.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Reply, Failure> {
        let mut tries = 1;
        let reply = loop {
            let answered = self.once(ask).await;
            let Some(wait) = self.patience(tries, &answered) else { break answered? };
            sleep(wait).await;
            tries += 1;
        };
        if reply.status.is_success() { Ok(reply) } else { Err(Failure::of(reply.status, &reply.body)) }
    }

    /// As [`Self::ask`], and reads a document.
    pub(super) async fn json(&self, ask: &Ask) -> Result<Json, Failure> {
        read(&self.ask(ask).await?)
    }

    /// One request, with a token; with a new one where an old one is refused. Any status is an answer.
    pub(super) async fn once(&self, ask: &Ask) -> Result<Reply, Failed> {
        let token = self.token().await?;
        let reply = self.send(shown(ask, &token)?).await?;
        if reply.status != StatusCode::UNAUTHORIZED {
            return Ok(reply);
        }
        self.tokens.forget(&self.key(), &token);
        let token = self.token().await?;
        self.send(shown(ask, &token)?).await
    }

    /// How long to wait before the next try, when this is not the last: `tries` counts from 1.
    pub(super) fn patience(&self, tries: u32, answered: &Result<Reply, Failed>) -> Option<Duration> {
        let asked = match answered {
            Err(Failed::Now(_)) => None,
            Ok(reply) if is_for_now(reply) => {
                let header = reply.headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse().ok());
                header.map(Duration::from_secs)
            }
            Err(Failed::Final(_)) | Ok(_) => return None,
        };
        if tries >= TRIES_MAX {
            return None;
        }
        let wait = WAIT * 2_u32.saturating_pow(tries.saturating_sub(1)) + self.spread;
        Some(wait.max(asked.unwrap_or_default()).min(WAIT_MAX))
    }

    async fn send(&self, ask: Ask) -> Result<Reply, Failed> {
        Ok(self.http.ask(ask, self.blobs, self.log, ANSWER_BYTES_MAX).await?)
    }

    async fn token(&self) -> Result<String, Failed> {
        let (key, now) = (self.key(), self.clock.now());
        if let Some(token) = self.tokens.get(&key, now) {
            return Ok(token);
        }
        let uri = &self.account.token_uri;
        let refused =
            |why: &str| Failure::Told(format!("{} was given no token by {uri}: {why}", self.account.email));
        let assertion = self.account.assertion(self.scopes, now).map_err(|it| Failed::Final(refused(&it)))?;
        let form = [("grant_type", GRANT), ("assertion", assertion.as_str())];
        let ask = Ask::new(Method::POST, uri.clone()).form(&form);
        let mut tries = 1;
        let reply = loop {
            let answered = self.send(ask.clone()).await;
            let Some(wait) = self.patience(tries, &answered) else { break answered };
            sleep(wait).await;
            tries += 1;
        };
        let reply = reply.map_err(|it| Failed::Final(refused(&Failure::from(it).to_string())))?;
        if !reply.status.is_success() {
            let json: Json = serde_json::from_slice(&reply.body).unwrap_or_default();
            let why = match (json["error"].as_str(), json["error_description"].as_str()) {
                (Some(error), Some(more)) => format!("{error}: {more}"),
                (Some(error), None) => error.to_owned(),
                (None, _) => format!("it answered {}", reply.status),
            };
            return Err(Failed::Final(refused(&cut(&why.replace(&assertion, "…")))));
        }
        let grant: Grant = serde_json::from_slice(&reply.body)
            .map_err(|_| Failed::Final(refused("there is no `access_token` in its answer")))?;
        let seconds = grant.expires_in.unwrap_or(TOKEN_SECONDS).min(TOKEN_SECONDS_MAX);
        let ends = now.plus(Duration::from_secs(seconds));
        self.tokens.put(key, grant.access_token.clone(), ends, now);
        Ok(grant.access_token)
    }

    fn key(&self) -> tokens::Key {
        tokens::key(&self.account.digest, self.scopes)
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Failed {
    /// Another try may fare better.
    Now(Failure),
    Final(Failure),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(_) => Self::Final(trouble.into()),
            Trouble::Unknown(_) => Self::Now(trouble.into()),
        }
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Now(failure) | Failed::Final(failure) => failure,
        }
    }
}

/// The document of an answer.
pub(super) fn read(reply: &Reply) -> Result<Json, Failure> {
    serde_json::from_slice(&reply.body)
        .map_err(|error| Failure::Told(format!("the service answered no JSON: {error}")))
}

fn shown(ask: &Ask, token: &str) -> Result<Ask, Failed> {
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    let mut value = value.map_err(|_| {
        Failed::Final(Failure::Told("the token that was given has signs that no header can have".to_owned()))
    })?;
    value.set_sensitive(true);
    Ok(ask.clone().header(AUTHORIZATION, value))
}

/// Whether a later answer may be another. Too many requests are told as 403, too, but with their own reason.
fn is_for_now(reply: &Reply) -> bool {
    match reply.status.as_u16() {
        408 | 429 | 500 | 502 | 503 | 504 => true,
        403 => Failure::of(reply.status, &reply.body)
            .problems()
            .iter()
            .any(|it| it.reason == "rateLimitExceeded"),
        _ => false,
    }
}
