//! All cases of a folder, run side by side.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;
use tokio::runtime::{Builder, Handle};

use crate::{
    case::Case,
    differences, expressions, kinds,
    options::Options,
    report::{Outcome, Report},
    shortfall::Shortfall,
};

/// How long one case may take, all its executions together.
pub(crate) const CASE_MAX: Duration = Duration::from_secs(30);

/// The folder, as every case needs it.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) folder: PathBuf,
    pub(crate) cases: Vec<Case>,
    pub(crate) runtime: Handle,
}

/// Runs what the options ask for.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn run(options: &Options) -> Result<Report, Shortfall> {
    let runtime = Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Shortfall::Broken(format!("cannot start a runtime: {error}")))?;
    let cases = json(options, "cases.json")?;
    let cases = cases.as_array().into_iter().flatten().enumerate();
    let suite = Suite {
        folder: options.folder.clone(),
        cases: cases.map(|(index, case)| Case::read(index, case)).collect::<Result<_, _>>()?,
        runtime: runtime.handle().clone(),
    };
    let mut report = Report::new(options.verbose);
    report.cases = suite.run(options);
    report.expressions = expressions::run(&json(options, "expressions.json")?, options);
    Ok(report)
}

fn json(options: &Options, name: &str) -> Result<Json, Shortfall> {
    let path = options.folder.join(name);
    let broken = |error: &dyn std::fmt::Display| Shortfall::Broken(format!("{}: {error}", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| broken(&error))?;
    serde_json::from_str(&text).map_err(|error| broken(&error))
}

impl Suite {
    /// The case of this flow and variant.
    pub(crate) fn variant(&self, flow: &str, variant: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.flow == flow && case.is_variant(variant))
    }

    fn run(&self, options: &Options) -> Vec<Outcome> {
        let taken: Vec<&Case> =
            self.cases.iter().filter(|case| options.takes(&format!("{case} {}", case.source_test))).collect();
        let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        thread::scope(|scope| {
            for _ in 0..options.jobs.max(1) {
                scope.spawn(|| {
                    while let Some(case) = taken.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let outcome = self.outcome(case);
                        outcomes.lock().expect("a case that panics is caught").push(outcome);
                    }
                });
            }
        });
        let mut outcomes = outcomes.into_inner().expect("a case that panics is caught");
        outcomes.sort_by_key(|outcome| outcome.place);
        let keys: Vec<String> = self.cases.iter().map(Case::key).collect();
        outcomes.extend(differences::of_cases(&keys).map(Outcome::of_list));
        outcomes
    }

    fn outcome(&self, case: &Case) -> Outcome {
        let begun = Instant::now();
        let run = catch_unwind(AssertUnwindSafe(|| kinds::run(self, case)));
        let shortfall = match run {
            Ok(Ok(())) => None,
            Ok(Err(shortfall)) => Some(shortfall),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("?");
                Some(Shortfall::Broken(format!("it broke off: {text}")))
            }
        };
        Outcome {
            place: case.index,
            title: case.to_string(),
            shortfall,
            reason: differences::reason(differences::CASES, &case.key()),
            took: begun.elapsed(),
        }
    }
}
