//! Runs a folder of conformance cases against a real server over HTTP, and its expressions against the language.
//!
//! The folder has `cases.json`, `flows/` and `expressions.json`. Each case gets a server of its own in this process,
//! so that cases run side by side without seeing each other.

mod case;
mod check;
mod differences;
mod expressions;
mod home;
mod inputs;
mod kinds;
mod matcher;
mod options;
mod plugins;
mod report;
mod scene;
mod shortfall;
mod steps;
mod suite;
mod task_run;

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use clap::Parser;
use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match suite::run(&options) {
        Ok(report) => {
            // Nobody can be told that nobody can be told.
            let _ = write!(stdout(), "{report}");
            if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            let _ = writeln!(stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
