//! Folders with Python and what was installed into it from `PyPI`, below the target directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{binary, command::Done, lock};

/// What such a folder has. Versions are fixed: it is made anew when any of this changes.
#[derive(Debug, Clone, Copy)]
pub struct Venv {
    /// The folder's name below `target/e2e`.
    pub name: &'static str,
    /// Lines as pip reads them; what these need in turn is installed with them.
    pub requirements: &'static str,
    /// Lines as pip reads them; installed without what they say they need.
    pub bare: &'static str,
}

impl Venv {
    /// Its folder of executables. The first call installs it, while other processes wait; later runs find it.
    ///
    /// # Panics
    /// When there is no Python 3 or no `PyPI`: a test that needs them cannot be left out in silence.
    pub fn executables(&self) -> PathBuf {
        let folder = binary::target().join("e2e").join(self.name);
        lock::alone(&folder.with_extension("lock"), || self.install(&folder));
        folder.join("bin")
    }

    fn install(&self, folder: &Path) {
        let complete = folder.join("installed.txt");
        let wanted = format!("{}\n{}", self.requirements, self.bare);
        if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
            return;
        }
        let _ = fs::remove_dir_all(folder);
        step("Python 3 with `venv` is needed", Command::new("python3").args(["-m", "venv"]).arg(folder));
        pip(folder, self.requirements, &[]);
        pip(folder, self.bare, &["--no-deps"]);
        // Last and in one step: what was interrupted is begun anew.
        let draft = folder.join("wanted.txt");
        fs::write(&draft, wanted).expect("the folder is ours");
        fs::rename(&draft, &complete).expect("the folder is ours");
    }
}

fn pip(folder: &Path, requirements: &str, options: &[&str]) {
    if requirements.is_empty() {
        return;
    }
    let file = folder.join("requirements.txt");
    fs::write(&file, requirements).expect("the folder is ours");
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--prefer-binary"]);
    step("PyPI is needed", pip.args(options).arg("--requirement").arg(&file));
}

fn step(need: &str, command: &mut Command) {
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{need}: {command:?}\n{}{}", done.stdout, done.stderr);
}
