//! What is called: a URI that means the same to whoever checks it and to whoever connects.

use url::{Host, Url};

/// Bytes of a URI.
const URI_BYTES_MAX: usize = 64 * 1024;

/// Scheme, host and port: whom a request, its connection and its credentials are for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) secure: bool,
    pub(super) host: Host<String>,
    pub(super) port: u16,
}

/// Reads a URI as browsers do (WHATWG): `127.1`, `0x7f.1` and their like become the address that they mean.
///
/// # Errors
/// When it is none, or not of http or https, or names a user.
pub(super) fn parse(text: &str) -> Result<Url, String> {
    checked(Url::parse(text).map_err(|error| unread(text, error))?)
}

/// Reads a `Location`, which may be relative.
///
/// # Errors
/// As [`parse`].
pub(super) fn join(base: &Url, location: &str) -> Result<Url, String> {
    checked(base.join(location).map_err(|error| unread(location, error))?)
}

fn checked(url: Url) -> Result<Url, String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the URI `{url}` must start with `http://` or `https://`"));
    }
    if url.as_str().len() > URI_BYTES_MAX {
        return Err(format!("a URI may have at most {URI_BYTES_MAX} bytes"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Who reads `http://a@b/` in a hurry sees the wrong host.
        return Err("the URI must not name a user; `options.auth` says who asks".to_owned());
    }
    Ok(url)
}

fn unread(text: &str, error: url::ParseError) -> String {
    format!("`{text}` is not a URI such as https://example.com/path: {error}")
}

/// Of a URI that was read here.
///
/// # Errors
/// When it has no host.
pub(super) fn origin(url: &Url) -> Result<Origin, String> {
    let (host, port) =
        url.host().zip(url.port_or_known_default()).ok_or_else(|| format!("the URI `{url}` has no host"))?;
    Ok(Origin { secure: url.scheme() == "https", host: host.to_owned(), port })
}

impl Origin {
    /// As a `Host` header and a proxy want it; the port is left out where it goes without saying.
    pub(super) fn authority(&self) -> String {
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { self.host_and_port() }
    }

    /// With its port in any case.
    pub(super) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}
