//! How long a caller wants to wait: `wait=true`, or `Prefer: wait=<seconds>` (RFC 7240).

use std::time::Duration;

use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};

use crate::params::Params;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// An extension of a request whose answer has to come sooner than the settings say: how long it may wait at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitMax(pub Duration);

impl WaitMax {
    /// What holds for a request: the setting, or less.
    pub(crate) fn of(extensions: &Extensions, setting: Duration) -> Duration {
        extensions.get::<Self>().map_or(setting, |Self(less)| setting.min(*less))
    }
}

/// A wait for the end of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) at_most: Duration,
    /// Whether `Prefer` asked for it.
    preferred: bool,
}

impl Wait {
    /// What a request asks for, at most `limit` long. A `Prefer` with a time is a wait by itself.
    pub(crate) fn asked(headers: &HeaderMap, params: &mut Params, limit: Duration) -> Option<Self> {
        let wait = params.flag("wait", false);
        match preferred_seconds(headers) {
            Some(seconds) => Some(Self { at_most: Duration::from_secs(seconds).min(limit), preferred: true }),
            None => wait.then_some(Self { at_most: limit, preferred: false }),
        }
    }

    /// Headers of the answer. `resume` is where waiting goes on when the execution has not ended.
    pub(crate) fn headers(self, resume: Option<String>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.preferred {
            let applied = format!("wait={}", self.at_most.as_secs());
            headers.insert(PREFERENCE_APPLIED, value(applied));
        }
        if let Some(resume) = resume {
            headers.insert(header::LOCATION, value(resume));
        }
        headers
    }
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("digits, ids and paths are visible ASCII")
}

/// The first `wait` of all `Prefer` headers; a preference that cannot be read is no preference.
fn preferred_seconds(headers: &HeaderMap) -> Option<u64> {
    headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|preference| preference.split(';').next()?.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
}

#[cfg(test)]
mod tests;
