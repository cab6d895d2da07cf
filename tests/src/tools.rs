//! What builds, checks and hosts the cloud's functions on one machine: tools from `PyPI`, at fixed versions.
//!
//! Installed when first asked for. Two folders, since the emulator and `sam` want different versions of `boto3`.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use crate::venv::Venv;

const EMULATOR: Venv = Venv {
    name: "emulator",
    requirements: include_str!("tools/emulator.txt"),
    bare: include_str!("tools/emulator-bare.txt"),
};
const SAM: Venv = Venv { name: "sam", requirements: include_str!("tools/sam.txt"), bare: "" };

const BUILDER: Venv = Venv { name: "builder", requirements: include_str!("tools/builder.txt"), bare: "" };

/// One cell for each place that asks.
macro_rules! executable {
    ($venv:ident, $name:literal) => {{
        static PATH: OnceLock<PathBuf> = OnceLock::new();
        PATH.get_or_init(|| $venv.executables().join($name))
    }};
}

/// The emulator of AWS. See [`crate::emulator::Emulator`].
pub fn ministack() -> &'static Path {
    executable!(EMULATOR, "ministack")
}

/// Builds functions, as `cargo-lambda lambda build`. It is a cargo command as well once its folder is in `PATH`.
pub fn cargo_lambda() -> &'static Path {
    executable!(EMULATOR, "cargo-lambda")
}

/// The same with zig beside it, so that it builds for other machines; some 450 MB.
pub fn cargo_lambda_with_zig() -> &'static Path {
    executable!(BUILDER, "cargo-lambda")
}

/// Validates, builds and deploys a template. It wants `AWS_DEFAULT_REGION`, and `SAM_CLI_TELEMETRY=0`.
pub fn sam() -> &'static Path {
    executable!(SAM, "sam")
}

/// Checks a template that has no SAM in it any more: it expands none.
pub fn cfn_lint() -> &'static Path {
    executable!(SAM, "cfn-lint")
}

/// An interpreter that can import `samtranslator`.
pub fn sam_python() -> &'static Path {
    executable!(SAM, "python")
}
