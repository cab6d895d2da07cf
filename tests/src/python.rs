//! Python with the clients from `PyPI`, as they are, at fixed versions.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{binary, command::Done, lock};

/// What the tests import, and what that needs.
const REQUIREMENTS: &str = include_str!("python/requirements.txt");

/// An interpreter that has the clients. The first call installs them below the target directory; later runs find them.
///
/// # Panics
/// When there is no Python 3 or no `PyPI`: the clients are part of what is promised, so that their tests cannot be
/// left out in silence.
pub fn interpreter() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = binary::target().join("e2e/python");
        lock::alone(&folder.with_extension("lock"), || installed(&folder));
        folder.join("bin/python")
    })
}

fn installed(folder: &Path) {
    let complete = folder.join("installed.txt");
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == REQUIREMENTS) {
        return;
    }
    let _ = fs::remove_dir_all(folder);
    let wanted = folder.join("wanted.txt");
    step("Python 3 with `venv` is needed", Command::new("python3").args(["-m", "venv"]).arg(folder));
    fs::write(&wanted, REQUIREMENTS).expect("the folder is ours");
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]);
    step("PyPI is needed", pip.arg("--requirement").arg(&wanted));
    fs::rename(&wanted, &complete).expect("the folder is ours");
}

fn step(need: &str, command: &mut Command) {
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{need}: {command:?}\n{}{}", done.stdout, done.stderr);
}
