//! FILE: the URI of a stored file.

use serde_json::Value as Json;

use super::{Kind, raw::Raw};

/// How every URI of the internal storage starts.
const SCHEME: &str = "kestra://";

/// Takes a file that was sent, or the URI of one that is stored. A text is never a path of this machine: Kestra once
/// read whatever file of the server was named here.
pub(super) fn file(raw: Raw<'_>) -> Result<Json, String> {
    let uri = match raw {
        Raw::File(uri) | Raw::Text(uri) => uri,
        Raw::Json(_) => return Err(expected()),
    };
    if !uri.starts_with(SCHEME) {
        return Err(expected());
    }
    if uri.split(['/', '\\']).any(|segment| segment == "..") {
        return Err("the URI of a file cannot have `..` in it".to_owned());
    }
    Ok(Json::String(uri.to_owned()))
}

fn expected() -> String {
    format!("a `FILE` has to be sent as a file, or as the `{SCHEME}` URI of a stored one")
}

/// A file came where none is taken.
pub(super) fn not_here(kind: &Kind) -> String {
    format!("a file was sent where a `{}` is expected", kind.type_name())
}
