//! Python with the clients from `PyPI`, as they are, at fixed versions.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::venv::Venv;

/// What the tests import, and what that needs.
const CLIENTS: Venv =
    Venv { name: "python", requirements: include_str!("python/requirements.txt"), bare: "" };

/// An interpreter that has the clients. The first call installs them below the target directory; later runs find them.
///
/// # Panics
/// When there is no Python 3 or no `PyPI`: the clients are part of what is promised, so that their tests cannot be
/// left out in silence.
pub fn interpreter() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| CLIENTS.executables().join("python"))
}
