//! What a run comes to, as a person reads it.

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::shortfall::{Shortfall, shown};

/// What became of one case, or of one expression.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) place: usize,
    pub(crate) title: String,
    pub(crate) shortfall: Option<Shortfall>,
    /// Why it may fall short.
    pub(crate) reason: Option<&'static str>,
    pub(crate) took: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Different,
}

/// Everything that ran.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) cases: Vec<Outcome>,
    pub(crate) expressions: Vec<Outcome>,
    verbose: bool,
}

impl Outcome {
    /// What is wrong with a list of differences.
    pub(crate) fn of_list(shortfall: Shortfall) -> Self {
        let title = "the list of differences".to_owned();
        Self { place: usize::MAX, title, shortfall: Some(shortfall), reason: None, took: Duration::ZERO }
    }

    fn verdict(&self) -> Verdict {
        match (&self.shortfall, self.reason) {
            (None, None) => Verdict::Passed,
            (Some(_), Some(_)) => Verdict::Different,
            (Some(_), None) | (None, Some(_)) => Verdict::Failed,
        }
    }

    fn line(&self, verbose: bool) -> String {
        match (&self.shortfall, self.reason) {
            (Some(shortfall), _) if verbose => format!("{}: {shortfall}", self.title),
            (Some(shortfall), _) => format!("{}: {}", self.title, shown(&shortfall.detail())),
            (None, Some(_)) => format!("{}: it passes, so it is no difference any more", self.title),
            (None, None) => format!("{} ({} ms)", self.title, self.took.as_millis()),
        }
    }
}

impl Report {
    pub(crate) fn new(verbose: bool) -> Self {
        Self { cases: Vec::new(), expressions: Vec::new(), verbose }
    }

    /// Whether nothing failed.
    pub(crate) fn is_sound(&self) -> bool {
        self.count(Verdict::Failed) == 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.cases.iter().chain(&self.expressions).filter(|it| it.verdict() == verdict).count()
    }

    fn part(&self, f: &mut fmt::Formatter<'_>, name: &str, outcomes: &[Outcome]) -> fmt::Result {
        let of = |verdict| outcomes.iter().filter(move |it| it.verdict() == verdict);
        let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
        for outcome in of(Verdict::Failed) {
            let group =
                outcome.shortfall.as_ref().map_or("Among the differences".to_owned(), Shortfall::group);
            groups.entry(group).or_default().push(outcome);
        }
        for (group, outcomes) in groups {
            writeln!(f, "{group}: {}", outcomes.len())?;
            for outcome in outcomes {
                writeln!(f, "  {}", outcome.line(self.verbose))?;
            }
        }
        if self.verbose {
            for outcome in of(Verdict::Passed) {
                writeln!(f, "passed: {}", outcome.line(true))?;
            }
            for outcome in of(Verdict::Different) {
                let reason = outcome.reason.unwrap_or_default();
                writeln!(f, "different: {}\n  {reason}", outcome.line(true))?;
            }
        }
        let count = |verdict| of(verdict).count();
        let (passed, failed) = (count(Verdict::Passed), count(Verdict::Failed));
        writeln!(f, "{name}: {passed} passed, {failed} failed, {} different\n", count(Verdict::Different))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part(f, "cases", &self.cases)?;
        self.part(f, "expressions", &self.expressions)?;
        writeln!(f, "{} different on purpose", self.count(Verdict::Different))?;
        writeln!(f, "{} passed, {} failed", self.count(Verdict::Passed), self.count(Verdict::Failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(shortfall: Option<Shortfall>, reason: Option<&'static str>) -> Outcome {
        Outcome { place: 0, title: "#0 a.yaml".to_owned(), shortfall, reason, took: Duration::ZERO }
    }

    #[test]
    fn a_difference_that_passes_is_a_failure() {
        let mut report = Report::new(false);
        report.cases =
            vec![outcome(None, None), outcome(Some(Shortfall::Late("it".to_owned())), Some("because"))];
        assert!(report.is_sound());
        assert!(report.to_string().ends_with("\n1 different on purpose\n1 passed, 0 failed\n"), "{report}");
        report.cases.push(outcome(None, Some("because")));
        assert!(!report.is_sound());
        report.cases = vec![outcome(Some(Shortfall::Late("it".to_owned())), None)];
        assert!(!report.is_sound());
        assert!(
            report.to_string().starts_with("Too late: 1\n  #0 a.yaml: waited in vain for it\n"),
            "{report}"
        );
    }
}
