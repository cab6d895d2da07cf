//! Words that say nothing about the thing they name.

use crate::{demand, repository};

const BANNED: [&str; 8] = ["common", "data", "helper", "impl", "info", "manager", "processor", "util"];
/// What may stand before a declaration.
const VISIBILITY: [&str; 4] = ["pub", "crate", "super", "in"];
/// What declares a name.
const KEYWORDS: [&str; 6] = ["struct", "enum", "trait", "mod", "type", "union"];

#[test]
fn names_say_what_things_are() {
    let files = repository::rust_files();
    let problems: Vec<String> = files.iter().flat_map(|(path, text)| empty_names(path, text)).collect();
    demand(&problems, "Name it after what it is or does in the words of ARCHITECTURE.md.");
}

#[test]
fn empty_names_are_found() {
    let text = "pub(crate) struct TaskManager<T>;\n// struct InfoInComment;\nmod io_utils;\nenum Level { Info }\n\
                pub enum Metadata {}\ntrait Commonly {}\nfn helper() {}\nstruct HTTPInfo;";
    assert_eq!(
        empty_names("src/a_helper.rs", text),
        [
            "src/a_helper.rs: `a_helper`",
            "src/a_helper.rs:1: `TaskManager`",
            "src/a_helper.rs:3: `io_utils`",
            "src/a_helper.rs:8: `HTTPInfo`",
        ]
    );
}

fn empty_names(path: &str, text: &str) -> Vec<String> {
    let folders_and_stem = path.strip_suffix(".rs").unwrap_or(path).split('/');
    let in_path = folders_and_stem.filter(|name| is_empty(name)).map(|name| format!("{path}: `{name}`"));
    let in_text = text.lines().enumerate().filter_map(|(index, line)| {
        let declared = declared(line).filter(|name| is_empty(name))?;
        Some(format!("{path}:{}: `{declared}`", index + 1))
    });
    in_path.chain(in_text).collect()
}

/// The name that a line declares, when it starts with a declaration.
fn declared(line: &str) -> Option<&str> {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let indented = line.trim_start();
    let plain = words.by_ref().find(|word| !VISIBILITY.contains(word))?;
    let starts = ["pub"].iter().chain(&KEYWORDS).any(|word| indented.starts_with(word));
    // What an implementation calls a type is its trait's to say.
    let is_given = plain == "type" && indented.len() < line.len() && line.contains('=');
    if starts && KEYWORDS.contains(&plain) && !is_given { words.next() } else { None }
}

fn is_empty(name: &str) -> bool {
    words(name).iter().any(|word| BANNED.contains(&word.strip_suffix('s').unwrap_or(word)))
}

/// The words of `snake_case`, `kebab-case`, `CamelCase` and `HTTPCase`, in lower case.
fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, c) in chars.iter().enumerate() {
        let after_small = index > 0 && chars[index - 1].is_lowercase();
        let before_small = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        if !c.is_alphanumeric() || c.is_uppercase() && (after_small || before_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("one was put there").extend(c.to_lowercase());
        }
    }
    words
}
