//! What the command line takes, and the plan it comes to.

use std::{path::PathBuf, time::Duration};

use clap::Parser;
use tempfile::TempDir;

use crate::{
    error::{Error, cannot},
    load::Pace,
};

/// Measure synchronous executions beside a bare HTTP route and the disk.
///
/// It takes about two minutes on an idle machine of two cores.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server to measure [default: `roundtrip` beside this program]
    #[arg(long)]
    server: Option<PathBuf>,
    /// A second a cell instead of five: for a look, not for a claim
    #[arg(long)]
    quick: bool,
    /// Be the bare route
    #[arg(long, hide = true)]
    pub(crate) bare: bool,
}

/// How often and for how long each cell is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Each round measures every cell once, so that what changes on the machine falls on all of them.
    pub(crate) rounds: usize,
    pub(crate) pace: Pace,
}

impl Options {
    pub(crate) fn plan(&self) -> Plan {
        let milliseconds = |warm_up, measured| Pace {
            warm_up: Duration::from_millis(warm_up),
            measured: Duration::from_millis(measured),
        };
        if self.quick {
            Plan { rounds: 3, pace: milliseconds(100, 350) }
        } else {
            Plan { rounds: 5, pace: milliseconds(250, 1_000) }
        }
    }

    pub(crate) fn server(&self) -> Result<PathBuf, Error> {
        let beside = || Ok::<_, Error>(folder()?.join("roundtrip"));
        let server = self.server.clone().map_or_else(beside, Ok)?;
        if server.is_file() { Ok(server) } else { Err(Error::NoServer(server)) }
    }
}

/// Where this program stands: below `target`, on a disk and ignored by git, so data may be written there.
fn folder() -> Result<PathBuf, Error> {
    let program = std::env::current_exe().map_err(cannot("find this program"))?;
    Ok(program.parent().expect("a program stands in a folder").to_owned())
}

/// A folder there that vanishes when it is dropped.
pub(crate) fn temporary_folder() -> Result<TempDir, Error> {
    let made = tempfile::Builder::new().prefix("bench-").tempdir_in(folder()?);
    made.map_err(cannot("make a folder beside this program"))
}
