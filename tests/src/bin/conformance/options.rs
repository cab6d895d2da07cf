//! What the command line takes.

use std::path::PathBuf;

use clap::Parser;

/// Run conformance cases against a server of this build.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The folder with `cases.json`, `flows/` and `expressions.json`
    pub(crate) folder: PathBuf,
    /// Only what has this text in its title: flow, variant or test of a case, or an expression
    #[arg(long)]
    pub(crate) only: Option<String>,
    /// Also what passes, how long it took, and the whole of what came
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Cases at the same time
    #[arg(long, default_value_t = 8)]
    pub(crate) jobs: usize,
}

impl Options {
    pub(crate) fn takes(&self, title: &str) -> bool {
        self.only.as_ref().is_none_or(|only| title.contains(only))
    }
}
