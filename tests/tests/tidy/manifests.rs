//! Versions live in one place, and each says why it is there.

use crate::{
    demand,
    repository::{self, Package},
};

#[test]
fn a_dependency_gives_its_reason() {
    demand(
        &without_reason(&repository::text("Cargo.toml")),
        "Say on the same line of the root's Cargo.toml, after a #, what it is for; or do without it.",
    );
}

#[test]
fn a_dependency_is_used() {
    demand(
        &unused(&repository::text("Cargo.toml"), &repository::packages()),
        "Remove the line from the root's Cargo.toml.",
    );
}

#[test]
fn a_member_takes_versions_and_lints_from_the_workspace() {
    let packages = repository::packages();
    let manifests = packages.iter().map(|package| format!("{}/Cargo.toml", package.folder));
    let problems: Vec<String> =
        manifests.flat_map(|path| on_its_own(&path, &repository::text(&path))).collect();
    demand(&problems, "Write `x.workspace = true`, and `[lints]` with `workspace = true`.");
}

#[test]
fn a_missing_reason_is_found() {
    let manifest = "[workspace.dependencies]\nengine = { path = \"shared/engine\" }\nserde = \"1\" # forms\n\
                    rand = \"1\"\nlog = \"1\" #\n\n[profile.dev]\ndebug = 1\n";
    assert_eq!(without_reason(manifest), ["log", "rand"].map(|name| format!("{name} gives no reason")));
}

#[test]
fn an_unused_dependency_is_found() {
    let manifest = "[workspace.dependencies]\nserde = \"1\"\nlog = { package = \"log2\", version = \"1\" }\nrand = \"1\"\n";
    let dependency = |name: &str| repository::Dependency { name: name.to_owned(), dev: true };
    let package = Package {
        name: "a".to_owned(),
        folder: "shared/a".to_owned(),
        dependencies: vec![dependency("serde"), dependency("log2")],
    };
    assert_eq!(unused(manifest, &[package]), ["no member uses rand"]);
}

#[test]
fn a_member_on_its_own_is_found() {
    let manifest = "[package]\nname = \"a\"\n[dependencies]\nserde = \"1\"\nlog.workspace = true\n\
                    [dev-dependencies]\nports = { workspace = true, features = [\"x\"] }\n";
    assert_eq!(
        on_its_own("a/Cargo.toml", manifest),
        ["a/Cargo.toml: serde has a version of its own", "a/Cargo.toml: takes no lints from the workspace"]
    );
}

/// Crates of the workspace itself need none: ARCHITECTURE.md gives it.
fn without_reason(manifest: &str) -> Vec<String> {
    let outside =
        section(manifest, "workspace.dependencies").into_iter().filter(|line| !line.contains("path = "));
    let reason = |line: &str| line.split_once('#').is_some_and(|(_, reason)| !reason.trim().is_empty());
    let mut names: Vec<&str> = outside.filter(|line| !reason(line)).map(name).collect();
    names.sort_unstable();
    names.into_iter().map(|name| format!("{name} gives no reason")).collect()
}

fn unused(manifest: &str, packages: &[Package]) -> Vec<String> {
    let used = |name: &str| {
        packages.iter().flat_map(|package| &package.dependencies).any(|dependency| dependency.name == name)
    };
    let lines = section(manifest, "workspace.dependencies").into_iter();
    lines.filter(|line| !used(published(line))).map(|line| format!("no member uses {}", name(line))).collect()
}

fn on_its_own(path: &str, manifest: &str) -> Vec<String> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let lines = kinds.into_iter().flat_map(|kind| section(manifest, kind));
    let own = lines.filter(|line| !line.contains("workspace = true")).map(name);
    let mut problems: Vec<String> =
        own.map(|name| format!("{path}: {name} has a version of its own")).collect();
    if !section(manifest, "lints").iter().any(|line| line.starts_with("workspace = true")) {
        problems.push(format!("{path}: takes no lints from the workspace"));
    }
    problems
}

/// The lines of one table, without blanks and comments. One dependency is one line here.
fn section<'a>(manifest: &'a str, table: &str) -> Vec<&'a str> {
    let head = format!("[{table}]");
    let after = manifest.lines().skip_while(|line| line.trim() != head).skip(1);
    after
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .collect()
}

/// The name before `=` or `.workspace`.
fn name(line: &str) -> &str {
    line.split(['=', '.', ' ']).next().unwrap_or(line)
}

/// The name in the registry, which a line may rename.
fn published(line: &str) -> &str {
    let renamed = line.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
    renamed.unwrap_or_else(|| name(line))
}
