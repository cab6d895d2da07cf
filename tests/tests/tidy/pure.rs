//! What makes `expression` and `engine` pure: time, ids and chance are arguments, and the outside is asked for.

use crate::{
    demand,
    repository::{self, Package},
};

const PURE: [&str; 3] = ["engine", "expression", "script"];
/// Crates that compute and do nothing else, at least as far as clippy's bans let us call them.
const COMPUTING: [&str; 19] = [
    "aws-lc-rs",
    "base62",
    "base64",
    "croner",
    "expression",
    "foldhash",
    "granit-parser",
    "indexmap",
    "jiff",
    "md-5",
    "regex",
    "rquickjs",
    "script",
    "serde",
    "serde_json",
    "sha1",
    "sha2",
    "thiserror",
    "yaml_serde",
];
/// Functions that clippy must refuse there: clocks, surroundings, files, threads, processes, chance.
const FORBIDDEN: [&str; 15] = [
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "jiff::tz::TimeZone::system",
    "std::collections::hash_map::RandomState::new",
    "std::env::var",
    "std::env::var_os",
    "std::env::vars",
    "std::fs::File::open",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::process::Command::new",
    "std::thread::sleep",
    "std::thread::spawn",
    "std::time::Instant::now",
    "std::time::SystemTime::now",
];
/// Ways around it.
const WAYS_AROUND: [&str; 4] = ["async fn", "async move", ".await", "disallowed_methods"];

#[test]
fn pure_crates_depend_on_what_computes() {
    demand(
        &reaching_out(&repository::packages()),
        "Let expression::Need or an argument bring what it gives; if it only computes, add it to COMPUTING.",
    );
}

#[test]
fn pure_crates_forbid_the_outside() {
    let missing = PURE.iter().flat_map(|name| {
        let path = format!("shared/{name}/clippy.toml");
        unforbidden(&repository::text(&path))
            .into_iter()
            .map(move |function| format!("{path} allows {function}"))
    });
    demand(
        &missing.collect::<Vec<_>>(),
        "Put it among the disallowed-methods of that clippy.toml, with its reason.",
    );
}

#[test]
fn pure_crates_find_no_way_around() {
    let files = repository::rust_files();
    let pure = files
        .iter()
        .filter(|(path, _)| PURE.iter().any(|name| path.starts_with(&format!("shared/{name}/src/"))));
    let problems: Vec<String> = pure.flat_map(|(path, text)| ways_around(path, text)).collect();
    demand(
        &problems,
        "A pure crate waits for nobody and asks clippy for no exception: take it as an argument.",
    );
}

#[test]
fn reaching_out_is_found() {
    let dependency = |name: &str, dev| repository::Dependency { name: name.to_owned(), dev };
    let package = |name: &str| Package {
        name: name.to_owned(),
        folder: format!("shared/{name}"),
        dependencies: vec![
            dependency("regex", false),
            dependency("uuid", false),
            dependency("proptest", true),
        ],
    };
    assert_eq!(reaching_out(&[package("engine"), package("service")]), ["engine depends on uuid"]);
}

#[test]
fn an_allowed_function_is_found() {
    let all = FORBIDDEN.map(|function| format!("{{ path = \"{function}\", reason = \"\" }},\n"));
    assert_eq!(unforbidden(&all.concat()), Vec::<&str>::new());
    assert_eq!(unforbidden(&all[1..].concat()), ["jiff::Timestamp::now"]);
}

#[test]
fn a_way_around_is_found() {
    let text = "// a comment about async fn\nlet x = y.await;\n";
    assert_eq!(ways_around("a.rs", text), ["a.rs:2: `.await`"]);
}

fn reaching_out(packages: &[Package]) -> Vec<String> {
    let pure = packages.iter().filter(|package| PURE.contains(&package.name.as_str()));
    let outside = |package: &Package| -> Vec<String> {
        let built = package.dependencies.iter().filter(|dependency| !dependency.dev);
        let outside = built.filter(|dependency| !COMPUTING.contains(&dependency.name.as_str()));
        outside.map(|dependency| format!("{} depends on {}", package.name, dependency.name)).collect()
    };
    pure.flat_map(outside).collect()
}

fn unforbidden(clippy: &str) -> Vec<&'static str> {
    FORBIDDEN.into_iter().filter(|function| !clippy.contains(&format!("path = \"{function}\""))).collect()
}

fn ways_around(path: &str, text: &str) -> Vec<String> {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    let found = code.flat_map(|(index, line)| {
        let found = WAYS_AROUND.into_iter().filter(|way| line.contains(way));
        found.map(move |way| format!("{path}:{}: `{way}`", index + 1)).collect::<Vec<_>>()
    });
    found.collect()
}
