//! One process at a time: a lock that its holder's death releases.

use std::{
    fs::{self, File},
    path::Path,
};

/// Does `work` while no other process does work under the same file.
pub fn alone<T>(path: &Path, work: impl FnOnce() -> T) -> T {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .unwrap_or_else(|error| panic!("cannot make {}: {error}", folder.display()));
    }
    let file = File::create(path).unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
    file.lock().unwrap_or_else(|error| panic!("cannot lock {}: {error}", path.display()));
    work()
}
