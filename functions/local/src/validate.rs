//! `roundtrip validate`: what is wrong with these flows.

use std::process::ExitCode;

use engine::flow;
use tasks::Registry;

use crate::{cli, report};

/// Checks every document of every file. Exits 1 when one is wrong.
#[allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]
pub(crate) fn validate(options: &cli::Validate) -> ExitCode {
    let catalogue = Registry::catalogue();
    let mut checked = 0;
    let mut wrong = 0;
    for path in &options.paths {
        let files = match report::flow_files(path) {
            Ok(files) => files,
            Err(error) => return report::failure(&error),
        };
        for file in files {
            let source = match std::fs::read_to_string(&file) {
                Ok(source) => source,
                Err(error) => {
                    let what = format!("cannot read {}", file.display());
                    return report::failure(&report::Error::new(what, error));
                }
            };
            for document in engine::yaml::documents(&source) {
                checked += 1;
                if let Err(invalid) = flow::parse(document, &catalogue) {
                    wrong += 1;
                    report::show(&file, document, &invalid);
                }
            }
        }
    }
    if wrong == 0 {
        println!("{checked} flow(s), nothing wrong");
        return ExitCode::SUCCESS;
    }
    eprintln!("{wrong} of {checked} flow(s) are wrong");
    ExitCode::from(1)
}
