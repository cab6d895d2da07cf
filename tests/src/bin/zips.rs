//! What is deployed: every function as a zip for arm64, built for release, and none too large.
//!
//! ```text
//! cargo run -p tests --bin zips
//! ```

#![allow(clippy::print_stdout, reason = "this is a command")]

use std::{
    env, fs,
    path::Path,
    process::{Command, ExitCode},
};

use tests::{binary, tools};

/// Bytes of a zip: a larger one takes longer to begin.
const ZIP_BYTES_MAX: u64 = 8_000_000;
const FUNCTIONS: [&str; 4] = ["api", "worker", "notifier", "scheduler"];

fn main() -> ExitCode {
    let cargo_lambda = tools::cargo_lambda_with_zig();
    let tools = cargo_lambda.parent().expect("an executable is in a folder");
    let path = format!("{}:{}", tools.display(), env::var("PATH").unwrap_or_default());
    let mut build = Command::new(cargo_lambda);
    build.args(["lambda", "build", "--release", "--arm64", "--output-format", "zip"]);
    build.args(FUNCTIONS.iter().flat_map(|function| ["--package", function]));
    build.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    build.env("CARGO_TARGET_DIR", binary::target()).env("PATH", path);
    let status = build.status().expect("cargo-lambda can be started");
    if !status.success() {
        return ExitCode::FAILURE;
    }
    let sizes = FUNCTIONS.map(|function| {
        let zip = binary::target().join("lambda").join(function).join("bootstrap.zip");
        let bytes = size(&zip);
        println!("{function:<10} {:>6.2} MB", megabytes(bytes));
        bytes
    });
    if sizes.iter().any(|bytes| *bytes > ZIP_BYTES_MAX) {
        println!("a zip has more than {:.2} MB", megabytes(ZIP_BYTES_MAX));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn size(zip: &Path) -> u64 {
    fs::metadata(zip).unwrap_or_else(|error| panic!("{}: {error}", zip.display())).len()
}

#[allow(clippy::cast_precision_loss, reason = "a size to be read")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
