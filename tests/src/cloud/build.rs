//! The functions, built for this machine and laid out as Lambda wants them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{binary, command::Done, lock};

/// The packages; each builds a binary of its name.
const FUNCTIONS: [&str; 4] = ["api", "worker", "notifier", "scheduler"];

/// A folder with `<function>/bootstrap` for each. The first call builds them, in the profile of this very executable.
pub(super) fn functions() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let built = binary::built(&FUNCTIONS);
        let staged = binary::target().join("e2e/functions");
        lock::alone(&staged.with_extension("lock"), || {
            for name in FUNCTIONS {
                stage(&built.join(name), &staged.join(name));
            }
        });
        staged
    })
}

/// A copy without symbols: what is uploaded, unpacked and loaded is a third of it.
fn stage(binary: &Path, folder: &Path) {
    let (bootstrap, draft) = (folder.join("bootstrap"), folder.with_extension("draft"));
    let time = |path: &Path| fs::metadata(path).and_then(|it| it.modified()).ok();
    if time(&bootstrap).is_some_and(|staged| Some(staged) >= time(binary)) {
        return;
    }
    fs::create_dir_all(folder).expect("the target directory is ours");
    let stripped = Done::of(Command::new("strip").args(["--strip-all", "-o"]).arg(&draft).arg(binary));
    assert_eq!(stripped.code, Some(0), "`strip` of binutils is needed: {}", stripped.stderr);
    fs::rename(&draft, &bootstrap).expect("the target directory is ours");
}
