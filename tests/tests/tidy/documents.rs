//! What every module says about itself.

use crate::{demand, repository};

#[test]
fn a_module_says_what_it_is() {
    let files = repository::rust_files();
    demand(
        &silent(&files),
        "Begin the file with `//!`: one sentence, then why it exists apart, then its invariants.",
    );
}

#[test]
fn a_silent_module_is_found() {
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let files = [
        file("shared/a/src/b.rs", "use std::fs;"),
        file("shared/a/src/c.rs", "//!\n"),
        file("shared/a/src/d.rs", "//! Reads.\n"),
        file("shared/a/src/d/tests.rs", "use super::*;"),
        file("shared/a/src/d/tests/e.rs", "use super::*;"),
        file("tests/src/lib.rs", ""),
    ];
    assert_eq!(silent(&files), ["shared/a/src/b.rs", "shared/a/src/c.rs", "tests/src/lib.rs"]);
}

/// Tests say what they are by their names.
fn silent(files: &[(String, String)]) -> Vec<String> {
    let tests = |module: &str| module.split('/').any(|part| part == "tests" || part == "tests.rs");
    let is_module = |path: &str| path.split_once("/src/").is_some_and(|(_, module)| !tests(module));
    let modules = files.iter().filter(|(path, _)| is_module(path));
    let says = |text: &str| text.lines().next().is_some_and(|line| line.starts_with("//! "));
    modules.filter(|(_, text)| !says(text)).map(|(path, _)| path.clone()).collect()
}
