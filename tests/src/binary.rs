//! Binaries, built once from the sources at hand.
//!
//! Cargo tells an integration test where the binaries of its own package are, and ours belong to others.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use crate::lock;

/// Where the `roundtrip` binary is. The first call builds it, in the target directory and the profile of this very executable.
pub fn roundtrip() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(build)
}

/// The target directory this executable was built into.
pub fn target() -> PathBuf {
    profile_folder().parent().expect("a profile has its folder in a target directory").to_owned()
}

fn build() -> PathBuf {
    built(&["local"]).join("roundtrip")
}

/// The folder of their binaries. Builds these packages.
pub fn built(packages: &[&str]) -> PathBuf {
    built_with(packages, &[], None)
}

/// As [`built`], with these features (`package/feature`), and a variable that builds depend on.
pub fn built_with(packages: &[&str], features: &[&str], variable: Option<(&str, &Path)>) -> PathBuf {
    let folder = profile_folder();
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{} is no profile's folder", folder.display()),
    };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--quiet", "--bins", "--profile", profile])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")])
        .arg("--target-dir")
        .arg(target());
    for package in packages {
        command.args(["--package", package]);
    }
    for feature in features {
        command.args(["--features", feature]);
    }
    command.envs(variable);
    let status = lock::alone(&target().join("e2e/build.lock"), || command.status());
    let status = status.unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
    folder
}

/// `target/debug` of `target/debug/deps/e2e-0123` and of `target/debug/bench`.
fn profile_folder() -> PathBuf {
    let own = env::current_exe().expect("an executable knows its path");
    let folder = own.parent().expect("an executable is in a folder");
    match folder.file_name() {
        Some(name) if name == "deps" => folder.parent().expect("`deps` is in a profile's folder").to_owned(),
        _ => folder.to_owned(),
    }
}
