//! DuckDB for those tests that run queries: its library, as its makers built it, and the program that links it.
//!
//! Building DuckDB takes half an hour, so its library is taken out of a package of npm.

use std::{
    env::consts::ARCH,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::{binary, command::Done, lock};

/// The version that the crate `duckdb` of the workspace binds.
const VERSION: &str = "1.5.6";
/// Which package of that version.
const REVISION: &str = "r.1";
const LIBRARY: &str = "libduckdb.so";

/// The folder of `libduckdb.so` for this machine. The first call fetches it, while other processes wait.
///
/// # Panics
/// When there is no npm or no registry: a test that needs them cannot be left out in silence.
pub fn library() -> PathBuf {
    let folder = binary::target().join("e2e").join(format!("duckdb-{VERSION}"));
    lock::alone(&folder.with_extension("lock"), || {
        if !folder.join(LIBRARY).is_file() {
            fetch(&folder);
        }
    });
    folder
}

/// The program that runs queries, with its library beside it and beside `roundtrip`. The first call builds it.
pub fn program() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        let library = library();
        let variable = ("DUCKDB_LIB_DIR", library.as_path());
        let folder = binary::built_with(&["roundtrip-duckdb"], &["roundtrip-duckdb/duckdb"], Some(variable));
        let beside = folder.join(LIBRARY);
        lock::alone(&library.with_extension("lock"), || {
            let _ = fs::remove_file(&beside);
            fs::copy(library.join(LIBRARY), &beside).expect("the folder is ours");
        });
        folder.join("roundtrip-duckdb")
    })
}

fn fetch(folder: &Path) {
    let machine = match ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => panic!("there is no {LIBRARY} for {other}"),
    };
    let draft = folder.with_extension("draft");
    let _ = fs::remove_dir_all(&draft);
    fs::create_dir_all(&draft).expect("the folder is ours");
    let package = format!("@duckdb/node-bindings-linux-{machine}@{VERSION}-{REVISION}");
    step(
        "npm and its registry are needed",
        Command::new("npm").args(["pack", "--silent", &package]).current_dir(&draft),
    );
    let packed = fs::read_dir(&draft).expect("the folder is ours").next().expect("npm left a file");
    let packed = packed.expect("the folder is ours").path();
    let out = format!("package/{LIBRARY}");
    step("tar is needed", Command::new("tar").args(["-xzf"]).arg(&packed).arg(&out).current_dir(&draft));
    fs::create_dir_all(folder).expect("the folder is ours");
    // Last and in one step: what was interrupted is begun anew.
    fs::rename(draft.join(&out), folder.join(LIBRARY)).expect("the folder is ours");
    let _ = fs::remove_dir_all(&draft);
}

fn step(need: &str, command: &mut Command) {
    let done = Done::of(command);
    assert_eq!(done.code, Some(0), "{need}: {command:?}\n{}{}", done.stdout, done.stderr);
}
