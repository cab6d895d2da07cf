//! Tasks about files.

mod local;

pub(crate) use self::local::{LOCAL_FILES, LocalFiles};
