//! How a file is named in flows and answers: `kestra:///<path>`.
//!
//! The one place that knows which blob a URI means. A URI never names a tenant: it is read in the tenant of
//! whoever presents it, so that no URI leads out of its tenant.
//!
//! # Invariants
//! * `to_path(tenant, &from_path(path)) == path` for every blob under `<tenant>/files/`.
//! * A URI of a namespace's file, `nsfile:///<path>` or `nsfile://<namespace>/<path>`, means what `kestra:///` means for the
//!   same file.
//! * A URI holds letters, digits and `-._~/%` alone, so that it can be found in the text of a command and passes a
//!   shell, a header and a form unchanged.

use std::fmt::Write;

use crate::blobs::{NotAPath, Path};

/// What every URI of the internal storage starts with: the scheme, and no host.
pub const PREFIX: &str = "kestra:///";

/// What a URI starts with that names a file of a namespace: then the namespace, or nothing for that of the flow.
const OF_A_NAMESPACE: &str = "nsfile://";

/// What a text of a script is searched for: how URIs of files begin.
pub const BEGINNINGS: [&str; 2] = [PREFIX, OF_A_NAMESPACE];

/// The segment under a tenant below which its files stand.
const FILES: &str = "files";

/// The segment under a namespace below which its own files stand (Kestra: the same). No flow is named so.
const OF_NAMESPACE: &str = "_files";

/// A file of a namespace, as the path of its URI names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceFile<'a> {
    pub tenant: &'a str,
    pub namespace: String,
    /// Without a slash at its start.
    pub path: &'a str,
}

/// The blob a URI means in this tenant: `kestra:///a/b` is `<tenant>/files/a/b`.
///
/// # Errors
/// When it is not a URI of the internal storage: another scheme, a host, an empty, `.` or `..` segment (also when
/// percent-encoded), an encoded slash, or bytes that are not UTF-8.
pub fn to_path(tenant: &str, uri: &str) -> Result<Path, NotAPath> {
    let refused = || NotAPath(uri.to_owned());
    let rest = uri.strip_prefix(PREFIX).ok_or_else(refused)?;
    if tenant.contains('/') {
        return Err(refused());
    }
    let mut text = format!("{tenant}/{FILES}");
    for segment in rest.split('/') {
        let segment = decoded(segment).ok_or_else(refused)?;
        if segment.contains('/') {
            return Err(refused());
        }
        text.push('/');
        text.push_str(&segment);
    }
    Path::new(text).map_err(|NotAPath(_)| refused())
}

/// Whether a text looks like the URI of a file rather than like anything else: by its scheme.
pub fn is_uri(text: &str) -> bool {
    text.starts_with("kestra://") || text.starts_with(OF_A_NAMESPACE)
}

/// The blob or file of a namespace that a URI means to a flow of this namespace: as [`to_path`], and `nsfile:///a/b` is
/// the file `a/b` of the namespace, `nsfile://company.team/a/b` that of another.
///
/// # Errors
/// As [`to_path`].
pub fn resolve(tenant: &str, namespace: &str, uri: &str) -> Result<Path, NotAPath> {
    let Some(rest) = uri.strip_prefix(OF_A_NAMESPACE) else { return to_path(tenant, uri) };
    let refused = || NotAPath(uri.to_owned());
    let (named, path) = rest.split_once('/').ok_or_else(refused)?;
    let namespace = if named.is_empty() { namespace } else { named };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if !namespace.chars().all(is_plain) {
        return Err(refused());
    }
    let uri = format!("{PREFIX}{}/{OF_NAMESPACE}/{path}", namespace.replace('.', "/"));
    to_path(tenant, &uri).map_err(|NotAPath(_)| refused())
}

/// The URI of a blob.
///
/// # Errors
/// When it is not a file of a tenant: its path is not `<tenant>/files/<at least one segment>`.
pub fn from_path(path: &Path) -> Result<String, NotAPath> {
    let rest = path
        .as_str()
        .split_once('/')
        .and_then(|(_tenant, rest)| rest.strip_prefix(FILES)?.strip_prefix('/'))
        .ok_or_else(|| NotAPath(path.as_str().to_owned()))?;
    let mut uri = String::with_capacity(PREFIX.len() + rest.len());
    uri.push_str(PREFIX);
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    Ok(uri)
}

/// The path that names a file of a namespace: `<tenant>/files/<namespace as path>/_files/<path>`. [`from_path`] makes
/// its URI of it. No blob stands there: which one the file is at the moment, the engine knows.
///
/// # Errors
/// When it would be no [`Path`].
pub fn of_namespace(tenant: &str, namespace: &str, path: &str) -> Result<Path, NotAPath> {
    Path::new(format!("{tenant}/{FILES}/{}/{OF_NAMESPACE}/{path}", namespace.replace('.', "/")))
}

/// The file of a namespace that a path names, if it is one.
pub fn as_namespace_file(path: &Path) -> Option<NamespaceFile<'_>> {
    let (tenant, rest) = path.as_str().split_once('/')?;
    let rest = rest.strip_prefix(FILES)?.strip_prefix('/')?;
    let (namespace, path) = rest.split_once(&format!("/{OF_NAMESPACE}/"))?;
    Some(NamespaceFile { tenant, namespace: namespace.replace('/', "."), path })
}

/// `None` when an escape is cut short, is not hexadecimal, or when the bytes are not UTF-8.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16).and_then(|it| u8::try_from(it).ok());
                digit()? * 16 + digit()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
