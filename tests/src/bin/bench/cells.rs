//! What is measured: each work, and the bare route, at each number of connections.

use std::time::Duration;

use crate::{flows::Work, latency::median, load::Sample, machine::Noise};

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
    pub(crate) const ALL: [Self; 5] = [
        Self::Bare,
        Self::Flow(Work::OnePure),
        Self::Flow(Work::Inline),
        Self::Flow(Work::FivePure),
        Self::Flow(Work::Shell),
    ];

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
        Self {
            per_second: count(sample.latencies.len() as u64) / measured.as_secs_f64(),
            p50_ms: sample.latencies.percentile_ms(50),
            p99_ms: sample.latencies.percentile_ms(99),
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

/// What the disk took by itself in one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appends {
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// Everything that a report is made of.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) cells: Vec<Cell>,
    /// Durable appends of 1 KB, in every round.
    pub(crate) appends: Vec<Appends>,
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

    /// What a cell's p50 is beyond the disk's, round by round, for the disk has moods.
    pub(crate) fn beyond_append_ms(&self, cell: &Cell) -> f64 {
        median(cell.rounds.iter().zip(&self.appends).map(|(own, appends)| own.p50_ms - appends.p50_ms))
    }

    /// How much longer one work takes than another over one connection, round by round.
    pub(crate) fn times(&self, work: Work, other: Work) -> f64 {
        let rounds = |work| self.cell(Subject::Flow(work), 1).map_or(&[][..], |cell| &cell.rounds);
        median(rounds(work).iter().zip(rounds(other)).map(|(one, other)| one.p50_ms / other.p50_ms))
    }

    /// How far the rounds of the bare route lie apart, at worst: the fastest over the slowest.
    pub(crate) fn bare_spread(&self) -> f64 {
        let bare = self.cells.iter().filter(|cell| cell.subject == Subject::Bare);
        bare.map(|cell| spread(cell.rounds.iter().map(|round| round.per_second))).fold(1.0, f64::max)
    }

    /// The same of the disk.
    pub(crate) fn disk_spread(&self) -> f64 {
        spread(self.appends.iter().map(|appends| appends.p50_ms))
    }
}

fn spread(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().fold(0.0, f64::max) / values.fold(f64::INFINITY, f64::min)
}

#[expect(clippy::cast_precision_loss, reason = "a run counts far fewer than 2^52 of anything")]
pub(crate) fn count(n: u64) -> f64 {
    n as f64
}
