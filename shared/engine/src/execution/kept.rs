//! Task runs that are kept in places of their own, so that writing an execution down again costs what changed and not
//! what is there.
//!
//! A run that has ended is written once, in a [`Part`] with others, and left out of the execution from then on. Each run
//! has a number that is never given again, so that a part stays true whatever becomes of the others. The values of a
//! `ForEach` that runs are kept alike.

use std::{collections::VecDeque, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

use super::{Metric, TaskRun, TaskRuns};

/// About what a task run takes besides its outputs and metrics.
const RUN_BYTES: usize = 350;
/// Values of a `ForEach` that take more are kept by themselves.
const VALUES_BYTES: usize = 2 * 1024;

/// What is written to a place of its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Runs that have ended, by their numbers.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    runs: Vec<(u32, TaskRun)>,
    /// The values of runs that have not.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(u32, Vec<String>)>,
}

/// What of the runs is kept elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept {
    /// The number of each run, in order of creation.
    numbers: Vec<u32>,
    /// Whether each run is kept, or its values are.
    elsewhere: Vec<Elsewhere>,
    next: u32,
    /// Numbers of runs that are no more, as ranges without their ends.
    gone: Vec<(u32, u32)>,
    /// Places of runs that have ended and are not kept, and about what they take.
    loose: VecDeque<(usize, usize)>,
    loose_bytes: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Elsewhere {
    #[default]
    Nothing,
    Values,
    Run,
}

impl Kept {
    pub(super) fn added(&mut self) {
        self.numbers.push(self.next);
        self.elsewhere.push(Elsewhere::Nothing);
        self.next += 1;
    }

    /// A run has changed: it ended, or it is not any more what is kept of it.
    pub(super) fn changed(&mut self, index: usize, run: &TaskRun, was_open: bool) {
        let kept = self.elsewhere[index] == Elsewhere::Run;
        if kept {
            self.elsewhere[index] = Elsewhere::Nothing;
        }
        match (was_open, run.state.is_terminal()) {
            (true, false) => {}
            (false, true) if !kept => {}
            (_, true) => {
                let bytes = RUN_BYTES + more_bytes(run);
                self.loose.push_back((index, bytes));
                self.loose_bytes += bytes;
            }
            // It was restarted.
            (false, false) => {
                let (out, stay): (VecDeque<_>, VecDeque<_>) =
                    std::mem::take(&mut self.loose).into_iter().partition(|(loose, _)| *loose == index);
                self.loose = stay;
                self.loose_bytes -= out.iter().map(|(_, bytes)| bytes).sum::<usize>();
            }
        }
    }

    fn is_plain(&self) -> bool {
        self.gone.is_empty() && self.elsewhere.iter().all(|it| *it == Elsewhere::Nothing)
    }
}

/// About what a run takes besides [`RUN_BYTES`].
fn more_bytes(run: &TaskRun) -> usize {
    let outputs = if run.outputs.is_empty() { 0 } else { crate::machine::weight(run.outputs.values()) };
    outputs + metric_bytes(run) + values_bytes(run)
}

fn metric_bytes(run: &TaskRun) -> usize {
    run.attempts.iter().flat_map(|attempt| &attempt.metrics).map(Metric::bytes).sum()
}

fn values_bytes(run: &TaskRun) -> usize {
    run.values.iter().map(|it| it.len() + 3).sum()
}

impl TaskRuns {
    /// The next part to be kept, of about `at_most` bytes; none while there are less than `at_least` of them.
    ///
    /// What it holds stays in the execution until [`Self::keep`] says that it is written.
    pub fn part(&self, at_least: usize, at_most: usize) -> Option<Part> {
        let kept = &self.kept;
        let mut part = Part::default();
        if kept.loose_bytes > at_least {
            let mut bytes = 0;
            for (index, weight) in &kept.loose {
                if bytes > 0 && bytes + weight > at_most {
                    break;
                }
                bytes += weight;
                part.runs.push((kept.numbers[*index], self.at(*index).clone()));
            }
        }
        for run in self.open().filter(|run| !run.values.is_empty()) {
            let Some(index) = self.index_of(run.id) else { continue };
            if kept.elsewhere[index] == Elsewhere::Nothing && values_bytes(run) > VALUES_BYTES {
                part.values.push((kept.numbers[index], run.values.clone()));
            }
        }
        (!part.runs.is_empty() || !part.values.is_empty()).then_some(part)
    }

    /// A part was written: what it holds is left out of the execution from now on.
    pub fn keep(&mut self, part: &Part) {
        for _ in &part.runs {
            if let Some((index, bytes)) = self.kept.loose.pop_front() {
                self.kept.loose_bytes -= bytes;
                self.kept.elsewhere[index] = Elsewhere::Run;
            }
        }
        for (number, _) in &part.values {
            if let Ok(index) = self.kept.numbers.binary_search(number) {
                self.kept.elsewhere[index] = Elsewhere::Values;
            }
        }
    }

    /// Whether anything is kept in places of its own.
    pub fn has_parts(&self) -> bool {
        self.kept.elsewhere.iter().any(|it| *it != Elsewhere::Nothing)
    }

    /// Puts back what is kept elsewhere, oldest part first. What the execution itself holds counts more.
    #[must_use]
    pub fn complete(self, parts: Vec<Part>) -> Self {
        let mut all: Vec<(u32, Option<TaskRun>, Elsewhere)> = Vec::new();
        let Kept { numbers, next, gone, .. } = self.kept;
        let mut values = Vec::new();
        for part in parts {
            all.extend(part.runs.into_iter().map(|(number, run)| (number, Some(run), Elsewhere::Run)));
            values.extend(part.values);
        }
        all.extend(
            numbers.into_iter().zip(self.runs).map(|(number, run)| (number, Some(run), Elsewhere::Nothing)),
        );
        // Stable: of those with one number the execution's own comes last.
        all.sort_by_key(|(number, ..)| *number);
        let mut runs = Self::default();
        runs.kept.gone.clone_from(&gone);
        let mut all = all.into_iter().peekable();
        while let Some((number, run, elsewhere)) = all.next() {
            let is_gone = gone.iter().any(|(from, to)| (*from..*to).contains(&number));
            if is_gone || all.peek().is_some_and(|(later, ..)| *later == number) {
                continue;
            }
            runs.kept.next = number;
            if let Some(run) = run
                && runs.push(run)
                && elsewhere == Elsewhere::Run
            {
                runs.kept.loose.pop_back().inspect(|(_, bytes)| runs.kept.loose_bytes -= bytes);
                if let Some(last) = runs.kept.elsewhere.last_mut() {
                    *last = Elsewhere::Run;
                }
            }
        }
        for (number, values) in values {
            if let Ok(index) = runs.kept.numbers.binary_search(&number)
                && runs.runs[index].values.is_empty()
            {
                runs.runs[index].values = values;
                runs.kept.elsewhere[index] = Elsewhere::Values;
            }
        }
        runs.kept.next = next.max(runs.kept.next);
        runs
    }

    /// Removes the runs for which `is_gone` says so; it is asked in order of creation.
    pub(super) fn remove(&mut self, mut is_gone: impl FnMut(&TaskRun) -> bool) {
        let Self { runs, kept, .. } = std::mem::take(self);
        self.kept.gone = kept.gone;
        for ((run, number), elsewhere) in runs.into_iter().zip(kept.numbers).zip(kept.elsewhere) {
            if is_gone(&run) {
                match self.kept.gone.last_mut() {
                    Some((_, to)) if *to == number => *to = number + 1,
                    _ => self.kept.gone.push((number, number + 1)),
                }
                continue;
            }
            self.kept.next = number;
            self.push(run);
            if elsewhere == Elsewhere::Run {
                self.kept.loose.pop_back().inspect(|(_, bytes)| self.kept.loose_bytes -= bytes);
            }
            *self.kept.elsewhere.last_mut().expect("one was pushed") = elsewhere;
        }
        self.kept.next = kept.next;
        if !self.has_parts() {
            // Nobody will ask for them by their numbers.
            self.kept.gone.clear();
        }
    }
}

/// What the execution itself holds, when some runs are kept elsewhere.
#[derive(Serialize, Deserialize)]
struct Rest {
    #[serde(rename = "r")]
    runs: Vec<(u32, TaskRun)>,
    #[serde(rename = "n")]
    next: u32,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    gone: Vec<(u32, u32)>,
}

impl Serialize for TaskRuns {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kept = &self.kept;
        if kept.is_plain() {
            return self.runs.serialize(serializer);
        }
        let runs = self.runs.iter().zip(&kept.numbers).zip(&kept.elsewhere);
        let runs = runs.filter_map(|((run, number), elsewhere)| match elsewhere {
            Elsewhere::Run => None,
            Elsewhere::Nothing => Some((*number, run.clone())),
            Elsewhere::Values => Some((*number, TaskRun { values: Vec::new(), ..run.clone() })),
        });
        Rest { runs: runs.collect(), next: kept.next, gone: kept.gone.clone() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TaskRuns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Stored)
    }
}

/// Tells the two forms apart by what they begin with, so that neither is read into something in between.
struct Stored;

impl<'de> Visitor<'de> for Stored {
    type Value = TaskRuns;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of task runs, or what is left of one")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut runs: A) -> Result<TaskRuns, A::Error> {
        let mut all = TaskRuns::default();
        while let Some(run) = runs.next_element()? {
            all.push(run);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TaskRuns, A::Error> {
        let Rest { runs, next, gone } = Rest::deserialize(MapAccessDeserializer::new(map))?;
        let mut all = TaskRuns::default();
        for (number, run) in runs {
            all.kept.next = number;
            all.push(run);
        }
        all.kept.next = next;
        all.kept.gone = gone;
        Ok(all)
    }
}
