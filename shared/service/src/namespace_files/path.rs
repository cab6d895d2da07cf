//! What a file of a namespace may be called.

use ports::uri;

use crate::{Error, keys};

/// Bytes of a path.
const PATH_BYTES_MAX: usize = 512;
/// Segments of a path.
const SEGMENTS_MAX: usize = 50;
/// Bytes of a segment, as file systems have them.
const SEGMENT_BYTES_MAX: usize = 255;
/// Bytes of a namespace.
const NAMESPACE_BYTES_MAX: usize = 150;
/// Characters of what was sent that a message repeats.
const SHOWN_CHARACTERS: usize = 100;
/// Kestra shows the flows of a namespace there.
const FLOWS: &str = "_flows";

/// Whose files are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) namespace: &'a str,
}

/// The path of a file: segments without a slash at either end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilePath(String);

impl<'a> Place<'a> {
    /// # Errors
    /// `Invalid` when it is not the name of a namespace, or of one whose files could be taken for those of another.
    pub(crate) fn new(tenant: &'a str, namespace: &'a str) -> Result<Self, Error> {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.');
        let sound = namespace.len() <= NAMESPACE_BYTES_MAX
            && namespace.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit())
            && namespace.chars().all(is_plain)
            && namespace.split('.').all(|segment| !matches!(segment, "" | "_files"));
        if sound {
            return Ok(Self { tenant, namespace });
        }
        let shown: String = namespace.chars().take(SHOWN_CHARACTERS).collect();
        Err(Error::argument(format!(
            "`{}` is not a namespace that has files: `company.team` is one, of lower-case letters, digits, `_` and \
             `-` between dots, {NAMESPACE_BYTES_MAX} characters in all",
            shown.escape_debug()
        )))
    }

    /// What a file is called wherever the URI of a file is taken.
    pub(crate) fn uri(self, path: &str) -> Result<String, Error> {
        let named = uri::of_namespace(self.tenant, self.namespace, path);
        named.and_then(|named| uri::from_path(&named)).map_err(|error| Error::argument(error.to_string()))
    }

    pub(super) fn partition(self) -> String {
        keys::files(self.tenant, self.namespace)
    }
}

impl FilePath {
    /// A path as callers write it: with a slash before it, or without.
    ///
    /// # Errors
    /// `Invalid`, with what is wrong.
    pub(crate) fn new(text: &str) -> Result<Self, Error> {
        let path = text.strip_prefix('/').unwrap_or(text);
        if path.split('/').next() == Some(FLOWS) {
            return Err(Error::argument(format!("Forbidden path: /{path}")));
        }
        match wrong_with(path) {
            None => Ok(Self(path.to_owned())),
            Some(wrong) => {
                let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
                Err(Error::argument(format!(
                    "`{}` is not the path of a file, such as /scripts/main.py: {wrong}",
                    shown.escape_debug()
                )))
            }
        }
    }

    /// The path of a directory, which may end in a slash; `None` for the root.
    ///
    /// # Errors
    /// `Invalid`, with what is wrong.
    pub(crate) fn directory(text: &str) -> Result<Option<Self>, Error> {
        let without = text.strip_suffix('/').unwrap_or(text);
        if without.is_empty() { Ok(None) } else { Self::new(without).map(Some) }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub(crate) fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// What the paths below it begin with, if it is a directory.
    pub(super) fn below(&self) -> String {
        format!("{}/", self.0)
    }

    /// The directories that the path leads through, without the root.
    pub(super) fn directories(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(slash, _)| &self.0[..slash])
    }
}

fn wrong_with(path: &str) -> Option<String> {
    if path.len() > PATH_BYTES_MAX {
        return Some(format!("it has more than {PATH_BYTES_MAX} bytes"));
    }
    if path.split('/').count() > SEGMENTS_MAX {
        return Some(format!("it has more than {SEGMENTS_MAX} segments"));
    }
    if path.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Some("a segment of it is empty, `.` or `..`".to_owned());
    }
    if path.split('/').any(|segment| segment.len() > SEGMENT_BYTES_MAX) {
        return Some(format!(
            "a file or folder name exceeds the maximum length of {SEGMENT_BYTES_MAX} bytes"
        ));
    }
    path.contains(|c: char| c.is_control() || c == '\\')
        .then(|| "it has a `\\` or a control character".to_owned())
}
