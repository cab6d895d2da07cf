//! Worker groups: which process runs which attempt.
//!
//! An execution has one holder at a time, and each runs what is its own: when all that is owed belongs to others, the
//! execution is handed over to them. So attempts of different groups that might run side by side run in turn.

use std::{collections::BTreeSet, time::Duration};

use engine::{
    execution::{AttemptOutcome, Ending, Level, LogLine},
    flow::WorkerFallback,
    machine::{self, Event, Group, Ready},
};
use serde_json::Map;

use crate::{
    Error, Service,
    hold::{Held, impossible},
};

/// A group's workers may be busy for so long before somebody else asks them once more.
const TAKEN_UP_WITHIN: Duration = Duration::from_mins(5);
/// How often an execution that waits for workers looks whether there are some.
const AWAITED: Duration = Duration::from_mins(5);
/// Characters of a group's name.
const NAME_MAX: usize = 64;

/// The worker groups of a deployment, and what part this process has in them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkerGroups {
    pub part: Part,
    /// All there are. Without any, flows that name one are refused.
    pub all: BTreeSet<String>,
    /// Which types run in a group unless their task names one; the first that fits counts.
    pub routes: Vec<Route>,
}

/// Whose attempts a process runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Part {
    /// Everybody's: it is the only process.
    Everything,
    /// Those that belong to no group.
    #[default]
    Ungrouped,
    /// Those of one group.
    Group(String),
}

/// Task types that run in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// A canonical name, or with `.*` at its end all names that start so.
    pub types: String,
    pub group: String,
}

/// Who has to run an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Whose {
    Ours,
    Others(Workers),
    /// Those of a group there is not.
    Nobodys(Group),
}

/// Those of a group, or (`None`) those of none.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Workers(Option<String>);

/// Attempts that are owed, by who has to run them.
#[derive(Debug, Default)]
pub(crate) struct Owed {
    /// Those that can be begun now.
    pub(crate) fitting: Vec<Ready>,
    /// Whether others are ours, for which there is no time.
    untimely: bool,
    /// To whom the execution goes when nothing is ours.
    others: Option<Workers>,
}

impl Route {
    fn fits(&self, type_name: &str) -> bool {
        match self.types.strip_suffix('*') {
            Some(start) => type_name.starts_with(start),
            None => self.types == type_name,
        }
    }
}

impl WorkerGroups {
    /// Whether a text may name a group: letters, digits, `-` and `_`.
    pub fn is_name(text: &str) -> bool {
        (1..=NAME_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    }

    /// Whether a type runs in a group without being told so by its task.
    pub fn has_route(&self, type_name: &str) -> bool {
        self.routed(type_name).is_some()
    }

    /// The group this process works for.
    pub(crate) fn own(&self) -> Option<&str> {
        match &self.part {
            Part::Group(own) => Some(own),
            Part::Everything | Part::Ungrouped => None,
        }
    }

    fn whose(&self, ready: &Ready) -> Whose {
        let named = ready.group.as_ref();
        let wanted = match named {
            Some(group) => Some(group.key.as_str()),
            None => ready.types.iter().find_map(|it| self.routed(it)),
        };
        match (wanted, named) {
            (Some(key), Some(group)) if !self.all.contains(key) => Whose::Nobodys(group.clone()),
            (wanted, _) => match &self.part {
                Part::Everything => Whose::Ours,
                Part::Ungrouped if wanted.is_none() => Whose::Ours,
                Part::Group(own) if wanted == Some(own) => Whose::Ours,
                Part::Ungrouped | Part::Group(_) => Whose::Others(Workers(wanted.map(str::to_owned))),
            },
        }
    }

    fn routed(&self, type_name: &str) -> Option<&str> {
        self.routes.iter().find(|it| it.fits(type_name)).map(|it| it.group.as_str())
    }
}

impl Service {
    /// Sorts attempts that are owed. Those of a group there is not end at once, or wait, as their tasks say; `None`
    /// when some ended.
    pub(crate) fn sort(
        &self,
        held: &mut Held,
        ready: Vec<Ready>,
        fits: impl Fn(&Ready) -> bool,
    ) -> Result<Option<Owed>, Error> {
        let mut owed = Owed::default();
        let mut refused = false;
        for attempt in ready {
            match self.shared.settings.groups.whose(&attempt) {
                Whose::Ours if fits(&attempt) => owed.fitting.push(attempt),
                Whose::Ours => owed.untimely = true,
                Whose::Others(workers) => {
                    owed.others.get_or_insert(workers);
                }
                Whose::Nobodys(group) => refused |= self.without_workers(held, &attempt, &group)?,
            }
        }
        Ok((!refused).then_some(owed))
    }

    /// Gives an execution of which nothing runs here to whoever can go on with it.
    pub(crate) async fn pass_on(&self, held: &mut Held, owed: Owed) -> Result<(), Error> {
        match owed.others {
            _ if owed.untimely => self.hand_over(held).await,
            Some(Workers(group)) => self.hand_over_to(held, group, TAKEN_UP_WITHIN).await,
            None => self.await_workers(held).await,
        }
    }

    /// Lets go without telling anybody. Who sent a signal meanwhile found a holder, so somebody is told after all.
    async fn await_workers(&self, held: &mut Held) -> Result<(), Error> {
        self.let_wait(held, AWAITED).await?;
        let execution = &held.record.execution;
        if !self.has_signals(execution).await.is_ok_and(|has| !has) {
            self.dispatch(&execution.tenant, execution.id).await?;
        }
        Ok(())
    }

    /// Whether the attempt has ended with that.
    fn without_workers(&self, held: &mut Held, attempt: &Ready, group: &Group) -> Result<bool, Error> {
        let message = format!("No worker is available in the group '{}'", group.key);
        let task_run = attempt.task_run;
        let ending = match group.fallback {
            WorkerFallback::Wait => {
                self.say_once(held, attempt, format!("{message}: waiting for one"))?;
                return Ok(false);
            }
            WorkerFallback::Fail => Ending::Failed { message },
            WorkerFallback::Cancel => Ending::Killed,
        };
        let outcome = AttemptOutcome::new(ending, Map::new());
        let number = attempt.number;
        for event in [
            Event::AttemptStarted { task_run, number, deadline: None },
            Event::AttemptFinished { task_run, number, outcome },
        ] {
            machine::apply(held.flow.sound()?, &mut held.record.execution, event, self.now())
                .map_err(impossible)?;
        }
        Ok(true)
    }

    /// A line of the execution's log, unless the task run's last one says so.
    fn say_once(&self, held: &mut Held, attempt: &Ready, message: String) -> Result<(), Error> {
        let execution = &mut held.record.execution;
        let task_run = attempt.task_run;
        let last = execution.logs.iter().rfind(|it| it.task_run == Some(task_run));
        if last.is_some_and(|it| it.message == message) {
            return Ok(());
        }
        let lines = vec![LogLine { timestamp: self.now(), level: Level::Warn, message }];
        machine::apply(held.flow.sound()?, execution, Event::Logged { task_run, lines }, self.now())
            .map_err(impossible)
    }
}

#[cfg(test)]
mod tests;
