//! What may stand in the root.

use std::collections::BTreeSet;

use crate::{demand, repository};

/// Everything else has a place inside one of these. Names that start with a dot are tools' own.
const TOP_LEVEL: [&str; 15] = [
    "ARCHITECTURE.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "deny.toml",
    "examples",
    "functions",
    "infra",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "shared",
    "template.yaml",
    "tests",
];

#[test]
fn the_top_level_is_as_prescribed() {
    demand(
        &strangers(&repository::files()),
        "Move it below one of the prescribed folders: deployables into functions, libraries into shared, the cloud's \
         description into infra, what only checks into tests.",
    );
}

#[test]
fn strangers_are_found() {
    let files = ["Cargo.toml", "src/lib.rs", "src/a.rs", ".ci/run", "justfile"].map(str::to_owned);
    assert_eq!(strangers(&files), ["justfile", "src"]);
}

fn strangers(files: &[String]) -> Vec<String> {
    let top: BTreeSet<&str> = files.iter().filter_map(|path| path.split('/').next()).collect();
    top.into_iter()
        .filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name))
        .map(str::to_owned)
        .collect()
}
