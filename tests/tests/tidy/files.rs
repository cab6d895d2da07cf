//! How long a file may be.

use crate::{demand, repository};

/// Lines of a Rust file.
const LINES_MAX: usize = 500;
/// Lines of a `main.rs`: it reads its surroundings and delegates, and has no room for decisions.
const MAIN_LINES_MAX: usize = 60;
/// Lines of ARCHITECTURE.md: one sitting.
const ARCHITECTURE_LINES_MAX: usize = 200;

#[test]
fn a_rust_file_is_one_concept() {
    demand(
        &too_long(&repository::rust_files()),
        "Split the file: one concept each, the important thing first.",
    );
}

#[test]
fn main_only_delegates() {
    demand(
        &main_too_long(&repository::rust_files()),
        "Move what it decides into a module beside it, and what is worth a test into a library.",
    );
}

#[test]
fn the_architecture_is_read_in_one_sitting() {
    let lines = repository::text("ARCHITECTURE.md").lines().count();
    assert!(
        lines <= ARCHITECTURE_LINES_MAX,
        "ARCHITECTURE.md has {lines} lines, {ARCHITECTURE_LINES_MAX} are allowed: leave out what the code says itself"
    );
}

#[test]
fn long_files_are_found() {
    let file = |path: &str, lines: usize| (path.to_owned(), "//\n".repeat(lines));
    let files = [file("a/main.rs", 61), file("a/lib.rs", 501), file("b/main.rs", 60), file("b/lib.rs", 500)];
    assert_eq!(too_long(&files), ["a/lib.rs has 501 lines, 500 are allowed"]);
    assert_eq!(main_too_long(&files), ["a/main.rs has 61 lines, 60 are allowed"]);
}

fn too_long(files: &[(String, String)]) -> Vec<String> {
    longer_than(LINES_MAX, files.iter())
}

fn main_too_long(files: &[(String, String)]) -> Vec<String> {
    longer_than(MAIN_LINES_MAX, files.iter().filter(|(path, _)| path.ends_with("/main.rs")))
}

fn longer_than<'a>(max: usize, files: impl Iterator<Item = &'a (String, String)>) -> Vec<String> {
    let counted = files.map(|(path, text)| (path, text.lines().count()));
    let problem = |(path, lines)| format!("{path} has {lines} lines, {max} are allowed");
    counted.filter(|(_, lines)| *lines > max).map(problem).collect()
}
