//! Where in the directory a blob stands.
//!
//! A file keeps its name and a folder gets a `+` at its end, so that `a` and `a/b` can both be blobs. Bytes other than
//! letters, digits, `.`, `_` and `-` are written like `%20`; names too long for a file system are cut, each part but the
//! last becomes a folder with `&` at its end, and the last one gets a `=`. No encoded name contains `+`, `&` or `=`, so
//! no two paths meet.
//! The file system must tell `a` from `A`.

use std::{
    fmt::Write,
    path::{Path, PathBuf},
};

/// Bytes a name may have here; file systems allow 255.
const NAME_BYTES_MAX: usize = 240;

/// The place of the blob.
pub(super) fn file(path: &str) -> PathBuf {
    match path.rsplit_once('/') {
        Some((folders, name)) => folder(folders).join(name_of(name)),
        None => name_of(path),
    }
}

/// The place of everything whose path goes on after these segments.
pub(super) fn folder(segments: &str) -> PathBuf {
    segments
        .split('/')
        .map(|segment| {
            let mut place = name_of(segment).into_os_string();
            place.push("+");
            PathBuf::from(place)
        })
        .collect()
}

fn name_of(segment: &str) -> PathBuf {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' => encoded.push(char::from(byte)),
            _ => write!(encoded, "%{byte:02X}").expect("a string takes everything"),
        }
    }
    if encoded.len() <= NAME_BYTES_MAX {
        return PathBuf::from(encoded);
    }
    let mut place = PathBuf::new();
    let mut rest = encoded.as_str();
    while rest.len() > NAME_BYTES_MAX {
        let (part, others) = rest.split_at(NAME_BYTES_MAX);
        place.push(format!("{part}&"));
        rest = others;
    }
    // Marked as well: a long name may end in `..`.
    place.push(format!("{rest}="));
    place
}

/// Whether what has this name holds others.
pub(super) fn is_folder(name: &[u8]) -> bool {
    name.ends_with(b"+") || name.ends_with(b"&")
}

/// The path of the blob that stands there; `None` when no blob does.
pub(super) fn path_of(place: &Path) -> Option<String> {
    let mut path = String::new();
    for component in place.components() {
        let name = component.as_os_str().to_str()?;
        let (name, after) = match name.strip_suffix('+') {
            Some(name) => (name, "/"),
            None => (name, ""),
        };
        let name = name.strip_suffix(['&', '=']).unwrap_or(name);
        path.push_str(name);
        path.push_str(after);
    }
    decoded(&path)
}

/// A part of a name may end amid an escape, so all are put together before.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, others @ ..] = rest {
        rest = others;
        if *byte == b'%' {
            let (digits, others) = rest.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = others;
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
