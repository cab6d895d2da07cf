//! Fills the corpora with the expressions of the crate's own tests: every literal of every `tests.rs`.
//!
//! `cargo +nightly run --bin seeds` in this folder, once before fuzzing.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = Vec::new();
    for file in rust_files(&home.join("../src"))? {
        if file.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests")) {
            seeds.extend(literals(&fs::read_to_string(file)?).into_iter().map(template));
        }
    }
    for target in ["parse", "evaluate"] {
        let folder = home.join("corpus").join(target);
        fs::create_dir_all(&folder)?;
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:04}")), seed)?;
        }
    }
    println!("{} seeds", seeds.len());
    Ok(())
}

fn rust_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The tests write most expressions without their braces.
fn template(literal: String) -> String {
    if literal.contains("{{") || literal.contains("{%") { literal } else { format!("{{{{ {literal} }}}}") }
}

/// Literals that stand on one line, unescaped as far as that matters here.
fn literals(text: &str) -> Vec<String> {
    let mut literals = Vec::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('"') {
            let mut literal = String::new();
            let mut chars = after.chars();
            let closed = loop {
                match chars.next() {
                    Some('\\') => match chars.next() {
                        Some('n') => literal.push('\n'),
                        Some(escaped) => literal.push(escaped),
                        None => break false,
                    },
                    Some('"') => break true,
                    Some(other) => literal.push(other),
                    None => break false,
                }
            };
            if !closed {
                break;
            }
            literals.push(literal);
            rest = chars.as_str();
        }
    }
    literals
}
