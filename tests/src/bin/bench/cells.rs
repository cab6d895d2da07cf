//! What is measured: each work, and the bare route, at each number of connections.

use std::time::Duration;

use crate::{
    flows::Work,
    latency::{Latencies, median, milliseconds},
    load::Sample,
    machine::Noise,
};

pub(crate) const CONNECTIONS: [usize; 3] = [1, 16, 128];

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The bare route.
    Bare,
    /// The server, running a flow.
    Flow(Work),
}

impl Subject {
    /// In the order in which a round measures them: the limit beside what is held against it.
    pub(crate) const ALL: [Self; 4] =
        [Self::Bare, Self::Flow(Work::OnePure), Self::Flow(Work::FivePure), Self::Flow(Work::Shell)];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare route",
            Self::Flow(work) => work.name(),
        }
    }
}

/// One subject at one number of connections, in every round.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) subject: Subject,
    pub(crate) connections: usize,
    pub(crate) rounds: Vec<Round>,
    /// What the store counted; `None` when it does not tell, or is not asked.
    pub(crate) writing: Option<Writing>,
}

/// What executions cost the store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Writing {
    /// Commits of one execution.
    pub(crate) commits: f64,
    /// Executions of one transaction, which is one wait for the disk: more than one is group commit.
    pub(crate) per_transaction: f64,
}

/// One measurement of one cell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// CPU time of the answering process for one answer, without its children's.
    pub(crate) cpu_us: f64,
    /// The most memory it had meanwhile.
    pub(crate) peak_bytes: u64,
}

impl Round {
    pub(crate) fn new(mut sample: Sample, measured: Duration, cpu: Duration, peak_bytes: u64) -> Self {
        let percentile =
            |latencies: &mut Latencies, percent| latencies.percentile(percent).map_or(f64::NAN, milliseconds);
        Self {
            per_second: count(sample.latencies.len() as u64) / measured.as_secs_f64(),
            p50_ms: percentile(&mut sample.latencies, 50),
            p99_ms: percentile(&mut sample.latencies, 99),
            cpu_us: cpu.as_secs_f64() * 1e6 / count(sample.answered),
            peak_bytes,
        }
    }
}

impl Cell {
    /// The median over the rounds.
    pub(crate) fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(of))
    }

    pub(crate) fn peak_bytes(&self) -> u64 {
        self.rounds.iter().map(|round| round.peak_bytes).max().unwrap_or(0)
    }
}

/// Everything that a report is made of.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) cells: Vec<Cell>,
    /// Durable appends of 1 KB.
    pub(crate) appends: Latencies,
    /// The data was kept in memory, where nothing is durable.
    pub(crate) in_memory: bool,
    pub(crate) noise: Noise,
}

impl Measured {
    pub(crate) fn cell(&self, subject: Subject, connections: usize) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.subject == subject && cell.connections == connections)
    }

    /// Throughput as a part of the bare route's, round by round: what slows a round slows both.
    pub(crate) fn of_bare(&self, cell: &Cell) -> f64 {
        let bare = self.cell(Subject::Bare, cell.connections).map_or(&[][..], |bare| &bare.rounds);
        median(cell.rounds.iter().zip(bare).map(|(own, bare)| own.per_second / bare.per_second))
    }

    /// How far the rounds of the bare route lie apart, at worst, as a part of their median.
    pub(crate) fn spread(&self) -> f64 {
        let bare = self.cells.iter().filter(|cell| cell.subject == Subject::Bare);
        let spread = |cell: &Cell| {
            let all = || cell.rounds.iter().map(|round| round.per_second);
            (all().fold(0.0, f64::max) - all().fold(f64::INFINITY, f64::min)) / median(all())
        };
        bare.map(spread).fold(0.0, f64::max)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a run counts far fewer than 2^52 of anything")]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}
