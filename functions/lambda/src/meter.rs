//! What a function counts, and the line it writes at the end of each invocation.
//!
//! Counts belong to the environment, and the invocation that ends next reports them: with several invocations at the
//! same time their sums are right, and which of them reports is chance.

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use engine::execution::State;
use ports::{clock::Clock, store};

use crate::metric::{Metric, Report};

/// Counts since the last report.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Mutex<BTreeMap<&'static str, (Metric, u64)>>,
}

impl Tally {
    /// Adds to a metric.
    pub fn add(&self, metric: Metric, more: u64) {
        if more > 0 {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.entry(metric.name().0).or_insert((metric, 0)).1 += more;
        }
    }

    pub(crate) fn ended(&self, state: State) {
        self.add(Metric::Ended(state), 1);
    }

    pub(crate) fn refused(&self, error: &store::Error) {
        match error {
            store::Error::Conflict(_) => self.add(Metric::StoreConflicts, 1),
            // The store names a time when it has too much to do, and none when it cannot be reached.
            store::Error::Unavailable { retry_after: Some(_), .. } => self.add(Metric::StoreThrottles, 1),
            store::Error::Unavailable { retry_after: None, .. }
            | store::Error::TooLarge(_)
            | store::Error::Refused(_)
            | store::Error::Corrupt(_) => {}
        }
    }

    fn take(&self) -> Vec<(Metric, u64)> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *counts).into_values().collect()
    }
}

/// Measures the invocations of one environment.
#[derive(Debug)]
pub struct Meter {
    stage: String,
    function: &'static str,
    clock: Arc<dyn Clock>,
    tally: Arc<Tally>,
    /// Whether an invocation has begun here before.
    warm: AtomicBool,
}

impl Meter {
    pub(crate) fn new(stage: String, function: &'static str, clock: Arc<dyn Clock>) -> Self {
        Self { stage, function, clock, tally: Arc::default(), warm: AtomicBool::new(false) }
    }

    pub fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    /// An invocation begins.
    pub fn begin(&self) -> Invocation<'_> {
        if !self.warm.swap(true, Ordering::Relaxed) {
            self.tally.add(Metric::ColdStarts, 1);
        }
        Invocation { meter: self, begun: Instant::now() }
    }
}

/// An invocation that is being measured.
#[derive(Debug)]
pub struct Invocation<'m> {
    meter: &'m Meter,
    begun: Instant,
}

impl Invocation<'_> {
    /// It has ended: writes its line, with these properties, to standard output.
    pub fn end(self, properties: &[(&str, String)]) {
        let line = self.line(properties);
        // Who cannot write its metrics has nobody to tell about it.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    fn line(&self, properties: &[(&str, String)]) -> String {
        let meter = self.meter;
        let took = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut values = vec![(Metric::Duration, took)];
        values.extend(meter.tally.take());
        let (stage, function) = (meter.stage.as_str(), meter.function);
        Report { at: meter.clock.now(), stage, function, values: &values, properties }.line()
    }
}

#[cfg(test)]
mod tests;
