//! Reads this repository: its files as git sees them, its packages as cargo sees them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// The folder that holds the workspace's manifest.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package `tests` stands in the root").to_owned()
}

/// Paths of what is committed or about to be, relative to the root and in git's order.
pub(crate) fn files() -> Vec<String> {
    // A checkout that belongs to somebody else (containers, CI) may still be listed.
    let output = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git can be run");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "these tests need a clone made by git: {errors}");
    let listed = String::from_utf8(output.stdout).expect("paths are UTF-8");
    // What was deleted without telling git is still listed.
    listed.lines().filter(|path| root().join(path).is_file()).map(str::to_owned).collect()
}

/// Every Rust file with its text.
pub(crate) fn rust_files() -> Vec<(String, String)> {
    let rust = files().into_iter().filter(|path| Path::new(path).extension().is_some_and(|end| end == "rs"));
    rust.map(|path| (path.clone(), text(&path))).collect()
}

/// The text of one file.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("cannot read {path}: {error}"))
}

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    /// Relative to the root, e.g. `shared/engine`.
    pub(crate) folder: String,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a manifest asks for.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Only its tests use it.
    pub(crate) dev: bool,
}

/// The members of the workspace, by name.
pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    let mut packages: Vec<Package> = list(&metadata["packages"]).iter().map(package).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    packages
}

fn package(value: &Value) -> Package {
    let manifest = Path::new(string(&value["manifest_path"]));
    let folder = manifest.parent().expect("a manifest stands in a folder");
    // Cargo resolves links, and so must we before the two can be compared.
    let root = root().canonicalize().expect("the root exists");
    let folder = folder.canonicalize().expect("the package exists");
    Package {
        name: string(&value["name"]).to_owned(),
        folder: folder.strip_prefix(root).expect("a member is inside").display().to_string(),
        dependencies: list(&value["dependencies"]).iter().map(dependency).collect(),
    }
}

fn dependency(value: &Value) -> Dependency {
    Dependency { name: string(&value["name"]).to_owned(), dev: value["kind"] == "dev" }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("cargo lists them")
}

fn string(value: &Value) -> &str {
    value.as_str().expect("cargo names it")
}
