//! Files that the text of a script names by their URI.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use ports::uri;

use super::{RESERVED, inputs::Fetch};

/// Copies every file whose `kestra:///…` or `nsfile://…` stands in a text into the working directory and puts its local path in the
/// place of the URI (Kestra: the same). A URI ends where a sign comes that no URI of ours has. `known` has what was copied
/// so far: each file is, once, however many texts name it.
///
/// # Errors
/// When a file cannot be had.
pub(crate) async fn localize(
    text: &str,
    known: &mut HashMap<String, String>,
    fetch: &mut Fetch<'_>,
    directory: &Path,
) -> Result<String, String> {
    let mut localized = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, beginning)) = next(rest) {
        let length = beginning.len() + tail(&rest[at + beginning.len()..]);
        let found = &rest[at..at + length];
        localized.push_str(&rest[..at]);
        rest = &rest[at + length..];
        if length == beginning.len() {
            // A script may well speak of the scheme.
            localized.push_str(found);
            continue;
        }
        if !known.contains_key(found) {
            let to = local(directory, known.len(), found);
            fetch.copy(found, &to).await?;
            known.insert(found.to_owned(), shown(directory, &to));
        }
        localized.push_str(&known[found]);
    }
    localized.push_str(rest);
    Ok(localized)
}

/// The first place at which a URI may begin, and how it does.
fn next(text: &str) -> Option<(usize, &'static str)> {
    let places = uri::BEGINNINGS.iter().filter_map(|beginning| Some((text.find(beginning)?, *beginning)));
    places.min_by_key(|(at, _)| *at)
}

/// Bytes of a URI behind its beginning.
fn tail(text: &str) -> usize {
    text.find(|sign: char| !(sign.is_ascii_alphanumeric() || "-._~%+=/".contains(sign))).unwrap_or(text.len())
}

/// Where the copy lies. The name stays recognizable, but keeps no sign that could mean anything to a shell: whoever
/// uploads a file chooses its name.
fn local(directory: &Path, number: usize, uri: &str) -> PathBuf {
    let name: String = uri
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .chars()
        .map(|sign| if is_plain(sign) { sign } else { '_' })
        .collect();
    let name = name.trim_start_matches('.');
    let start = name.len().saturating_sub(100);
    let name = format!("file-{}", &name[start..]);
    directory.join(RESERVED).join(number.to_string()).join(name)
}

/// The path as it is put into the text: whole, unless the root has a name that a shell would take apart.
fn shown(directory: &Path, path: &Path) -> String {
    match path.to_str() {
        Some(whole) if whole.chars().all(|sign| is_plain(sign) || sign == '/') => whole.to_owned(),
        Some(_) | None => {
            let below = path.strip_prefix(directory).unwrap_or(path);
            below.to_string_lossy().into_owned()
        }
    }
}

fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.')
}
