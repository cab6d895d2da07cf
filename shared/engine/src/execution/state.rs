//! States and their histories.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Kestra's states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    Created,
    Running,
    Paused,
    Restarted,
    Killing,
    Success,
    Warning,
    Failed,
    Killed,
    Cancelled,
    Queued,
    Retrying,
    Retried,
    Skipped,
}

impl State {
    pub const ALL: [Self; 14] = [
        Self::Created,
        Self::Running,
        Self::Paused,
        Self::Restarted,
        Self::Killing,
        Self::Success,
        Self::Warning,
        Self::Failed,
        Self::Killed,
        Self::Cancelled,
        Self::Queued,
        Self::Retrying,
        Self::Retried,
        Self::Skipped,
    ];

    /// Nothing moves any more.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Success
            | Self::Warning
            | Self::Failed
            | Self::Killed
            | Self::Cancelled
            | Self::Retried
            | Self::Skipped => true,
            Self::Created
            | Self::Running
            | Self::Paused
            | Self::Restarted
            | Self::Killing
            | Self::Queued
            | Self::Retrying => false,
        }
    }

    /// As clients know it: `RUNNING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Restarted => "RESTARTED",
            Self::Killing => "KILLING",
            Self::Success => "SUCCESS",
            Self::Warning => "WARNING",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
            Self::Cancelled => "CANCELLED",
            Self::Queued => "QUEUED",
            Self::Retrying => "RETRYING",
            Self::Retried => "RETRIED",
            Self::Skipped => "SKIPPED",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// One entry of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct History {
    pub state: State,
    pub date: Timestamp,
}

/// Every state that was entered, and when. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateLog {
    first: History,
    later: Vec<History>,
}

impl StateLog {
    pub fn new(state: State, date: Timestamp) -> Self {
        Self { first: History { state, date }, later: Vec::new() }
    }

    pub fn current(&self) -> State {
        self.last().state
    }

    pub fn first(&self) -> History {
        self.first
    }

    pub fn last(&self) -> History {
        self.later.last().copied().unwrap_or(self.first)
    }

    pub fn histories(&self) -> impl Iterator<Item = History> + '_ {
        std::iter::once(self.first).chain(self.later.iter().copied())
    }

    /// Enters a state. Dates never go backwards: a clock that does is held at the last one.
    pub fn enter(&mut self, state: State, date: Timestamp) {
        let date = date.max(self.last().date);
        self.later.push(History { state, date });
    }

    /// Takes the last entry back and enters another state instead. Only for what was never told to anybody.
    pub(crate) fn amend(&mut self, state: State) {
        let date = self.last().date;
        match self.later.last_mut() {
            Some(last) => *last = History { state, date },
            None => self.first = History { state, date },
        }
    }

    pub fn is_terminal(&self) -> bool {
        self.current().is_terminal()
    }

    /// When it ended (or paused). Kestra: `endDate`.
    pub fn end_date(&self) -> Option<Timestamp> {
        let last = self.last();
        (last.state.is_terminal() || last.state == State::Paused).then_some(last.date)
    }
}

impl Serialize for StateLog {
    /// Stored as a list of pairs: state and date.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.histories().map(|it| (it.state, it.date)))
    }
}

impl<'de> Deserialize<'de> for StateLog {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(State, Timestamp)>::deserialize(deserializer)?;
        let mut histories = pairs.into_iter().map(|(state, date)| History { state, date });
        let first = histories.next().ok_or_else(|| serde::de::Error::custom("an empty state history"))?;
        Ok(Self { first, later: histories.collect() })
    }
}
