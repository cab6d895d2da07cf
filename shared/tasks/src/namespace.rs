//! Tasks about files of namespaces.
//!
//! In their outputs a path begins with a slash (Kestra: the same).

mod delete;
mod download;
mod upload;

pub(crate) use self::{
    delete::{DELETE, DeleteFiles},
    download::{DOWNLOAD, DownloadFiles},
    upload::{UPLOAD, UploadFiles},
};
use crate::{files::Wanted, properties::Properties};

/// The patterns of the property `files`.
fn wanted(properties: &mut Properties<'_>) -> Option<Wanted> {
    let patterns = properties.strings_or_one("files");
    if patterns.is_empty() && properties.are_sound() {
        properties.problem("`files` must have at least one pattern".to_owned());
    }
    Wanted::new(&patterns, &[]).map_err(|problem| properties.problem(format!("`files`: {problem}"))).ok()
}
