//! Measures how fast synchronous executions are, beside the limits of the machine in the same run: a bare route of the
//! same web framework, and the disk's own `fdatasync`.

mod bare;
mod cells;
mod counting;
mod disk;
mod error;
mod flows;
mod http;
mod latency;
mod load;
mod machine;
mod options;
mod process;
mod report;
mod rounds;

use std::{
    error::Error as _,
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use clap::Parser;
use error::{Error, cannot};
use options::Options;

fn main() -> ExitCode {
    let options = Options::parse();
    match if options.bare { bare::serve() } else { bench(&options) } {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            say(&format!("error: {error}{cause}"));
            ExitCode::FAILURE
        }
    }
}

/// On one thread: the other cores are for what is measured.
fn bench(options: &Options) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let server = options.server()?;
    let measuring = rounds::measure(&server, options.plan(), say);
    let measured = runtime.map_err(cannot("start a runtime"))?.block_on(measuring)?;
    writeln!(stdout(), "{}", report::report(&measured)).map_err(cannot("print the report"))
}

fn say(line: &str) {
    // Nobody can be told that nobody can be told.
    let _ = writeln!(stderr(), "{line}");
}
