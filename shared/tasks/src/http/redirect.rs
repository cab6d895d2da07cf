//! Where a response leads, and what goes along.

use hyper::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderName, LOCATION, TRANSFER_ENCODING},
};
use url::Url;

use super::target;

/// How often one request may be led on (Kestra: the same).
pub(super) const REDIRECTS_MAX: usize = 50;

/// A header with one of these in its name may say who asks.
const SECRET_WORDS: [&str; 10] =
    ["auth", "cookie", "token", "secret", "key", "credential", "session", "password", "signature", "jwt"];

/// The request after a redirect.
#[derive(Debug, PartialEq)]
pub(super) struct Next {
    pub(super) url: Url,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    /// Whether the body is sent again.
    pub(super) keeps_body: bool,
}

/// `None` when the response does not lead anywhere.
///
/// # Errors
/// It leads where nothing may be sent.
pub(super) fn next(
    (url, method, headers): (&Url, &Method, &HeaderMap),
    status: StatusCode,
    response: &HeaderMap,
) -> Result<Option<Next>, String> {
    let (method, keeps_body) = match status.as_u16() {
        301 | 302 if *method == Method::POST => (Method::GET, false),
        303 if *method != Method::HEAD => (Method::GET, false),
        301 | 302 | 303 | 307 | 308 => (method.clone(), true),
        _ => return Ok(None),
    };
    let Some(location) = response.get(LOCATION) else { return Ok(None) };
    let location = std::str::from_utf8(location.as_bytes())
        .map_err(|_| "the `Location` of a redirect is not UTF-8".to_owned())?;
    let to =
        target::join(url, location).map_err(|problem| format!("a redirect is not followed: {problem}"))?;
    let mut headers = headers.clone();
    headers.remove(HOST);
    if !keeps_body {
        for name in [CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(name);
        }
    }
    if target::origin(url)? != target::origin(&to)? {
        let secrets: Vec<HeaderName> = headers.keys().filter(|it| is_secret(it)).cloned().collect();
        if url.scheme() == "https" && to.scheme() == "http" && !secrets.is_empty() {
            return Err(format!(
                "a redirect is not followed: it leads from https to {to}, and the request has credentials"
            ));
        }
        for name in secrets {
            headers.remove(name);
        }
    }
    Ok(Some(Next { url: to, method, headers, keeps_body }))
}

/// Whether a header may say who asks.
pub(super) fn is_secret(name: &HeaderName) -> bool {
    SECRET_WORDS.iter().any(|it| name.as_str().contains(it))
}

#[cfg(test)]
mod tests;
