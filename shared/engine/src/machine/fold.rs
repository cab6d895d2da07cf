//! Moving an execution as far as it goes without anybody's help.

use std::{borrow::Cow, collections::HashSet};

use expression::Need;
use serde_json::Map;

use super::{
    Event, Next, Ready, Rejected, World,
    agenda::{self, Agenda, has_to_begin},
    apply, end,
    plan::{Move, plan},
    rules,
    start::{self, Claimed},
    trail,
};
use crate::{
    execution::{Execution, State},
    flow::{Dialect, Flow},
    id::TaskRunId,
};

/// Events after which others get a turn.
pub(super) const EVENTS_AT_ONCE: usize = 5_000;

/// Moves the execution as far as it goes without anybody's help.
///
/// Everything that was applied before it stopped is in `execution`, also when it stops for needs. The flow is the one
/// that the execution has [grown](Flow::grown); where it grew on, what came of it goes with the answer.
///
/// # Errors
/// When the flow and the execution do not fit each other; a fault of ours.
pub fn fold(flow: &Flow, execution: &mut Execution, world: &World<'_>) -> Result<Folded, Rejected> {
    let mut folding = Folding {
        flow: Cow::Borrowed(flow),
        execution,
        world,
        events: 0,
        ready: Vec::new(),
        readied: HashSet::new(),
        claimed: Claimed::default(),
        round_began: false,
    };
    let next = match folding.run() {
        Ok(next) => next,
        Err(Stop::Needs(needs)) => Next::Needs(needs),
        Err(Stop::Rejected(rejected)) => return Err(rejected),
    };
    folding.grow();
    let grown = match folding.flow {
        Cow::Borrowed(_) => None,
        Cow::Owned(flow) => Some(Box::new(flow)),
    };
    Ok(Folded { next, events: folding.events, grown })
}

/// What came of folding.
#[derive(Debug, Clone)]
pub struct Folded {
    pub next: Next,
    /// How many were applied on the way.
    pub events: usize,
    /// The flow that the execution has from now on, when steps came with it.
    pub grown: Option<Box<Flow>>,
}

enum Stop {
    Needs(Vec<Need>),
    Rejected(Rejected),
}

impl From<Vec<Need>> for Stop {
    fn from(needs: Vec<Need>) -> Self {
        Self::Needs(needs)
    }
}

impl From<Rejected> for Stop {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

struct Folding<'f, 'w> {
    flow: Cow<'f, Flow>,
    execution: &'f mut Execution,
    world: &'f World<'w>,
    /// Applied so far.
    events: usize,
    ready: Vec<Ready>,
    readied: HashSet<TaskRunId>,
    /// What was shaped since the flow grew last.
    claimed: Claimed,
    /// Whether steps of the last round are to be left behind.
    round_began: bool,
}

impl Folding<'_, '_> {
    fn run(&mut self) -> Result<Next, Stop> {
        loop {
            self.grow();
            if self.execution.is_over() {
                return Ok(Next::Ended);
            }
            if self.events > EVENTS_AT_ONCE {
                return Ok(Next::More);
            }
            if !self.execution.state.is_terminal()
                && let Some(next) = self.begin()?
            {
                return Ok(next);
            }
            let moved = self.rules()? || self.moves()? || self.starts()?;
            if moved {
                continue;
            }
            // What came after may have stopped them.
            let runs = &self.execution.task_runs;
            self.ready.retain(|ready| runs.get(ready.task_run).is_some_and(has_to_begin));
            if self.ready.is_empty() {
                self.rest()?;
                return Ok(Next::Waiting);
            }
            return Ok(Next::Attempts(std::mem::take(&mut self.ready)));
        }
    }

    fn apply(&mut self, event: Event) -> Result<(), Stop> {
        self.events += 1;
        #[cfg(test)]
        super::tests::tap::record(&event);
        self.round_began |= matches!(event, Event::RoundStarted { .. });
        Ok(apply(&self.flow, self.execution, event, self.world.now)?)
    }

    /// Takes in the steps that came with the execution, and leaves those of past rounds behind.
    fn grow(&mut self) {
        if !self.claimed.is_empty() || self.round_began && self.flow.grows() {
            self.flow = Cow::Owned(self.flow.grown(&self.execution.task_runs));
            self.claimed.clear();
        }
        self.round_began = false;
    }

    /// Brings it to RUNNING, or says why it cannot begin yet.
    fn begin(&mut self) -> Result<Option<Next>, Stop> {
        let execution = &*self.execution;
        match execution.state.current() {
            State::Created | State::Queued | State::Restarted => {}
            _ => return Ok(None),
        }
        let is_new = execution.state.current() == State::Created;
        if is_new && execution.schedule_date.is_some_and(|date| date > self.world.now) {
            return Ok(Some(Next::Waiting));
        }
        if execution.course.stopping.is_some() {
            return Ok(None);
        }
        if self.flow.concurrency.is_some() && !execution.course.admitted {
            return Ok(Some(Next::Place));
        }
        self.apply(Event::Started)?;
        Ok(None)
    }

    /// What time and the flow's own rules do to it.
    fn rules(&mut self) -> Result<bool, Stop> {
        let mut events = rules::due(&self.flow, self.execution, self.world);
        if events.is_empty() {
            events = rules::violated(&self.flow, self.execution, self.world)?;
        }
        let moved = !events.is_empty();
        for event in events {
            self.apply(event)?;
        }
        Ok(moved)
    }

    /// Whether nothing new may begin.
    fn is_held_back(&self) -> bool {
        self.execution.course.held_back
    }

    /// What is owed below what changed.
    fn moves(&mut self) -> Result<bool, Stop> {
        if self.is_held_back() {
            return Ok(false);
        }
        let mut agenda = agenda::take(&self.flow, self.execution);
        let planned = self.plans(&mut agenda);
        self.execution.task_runs.put_agenda(agenda);
        if planned.is_err() {
            // What was touched is looked at again.
            self.execution.task_runs.forget_agenda();
        }
        let planned = planned?;
        let moved = !planned.is_empty();
        if moved {
            self.go_on()?;
        }
        for step in planned {
            match self.step(step) {
                Ok(()) => {}
                Err(Stop::Needs(needs)) => {
                    // What was planned and not done is found again.
                    self.execution.task_runs.forget_agenda();
                    return Err(Stop::Needs(needs));
                }
                Err(other) => return Err(other),
            }
        }
        Ok(moved)
    }

    fn plans(&self, agenda: &mut Agenda) -> Result<Vec<Move>, Stop> {
        let mut planned = Vec::new();
        while let Some(place) = agenda.next_touched() {
            let parent = agenda::touched(place, &self.execution.task_runs);
            let mut moves = if parent.is_none() && self.execution.state.is_terminal() {
                trail::plan(&self.flow, self.execution, self.world)?
            } else {
                plan(&self.flow, self.execution, agenda, parent)?
            };
            if planned.is_empty() {
                planned = moves;
            } else {
                planned.append(&mut moves);
            }
        }
        Ok(planned)
    }

    fn step(&mut self, step: Move) -> Result<(), Stop> {
        match step {
            Move::EndFlowable { task_run, state } => {
                self.apply(Event::FlowableEnded { task_run, state, outputs: Map::new() })
            }
            Move::LeaveDirectory { task_run, number } => {
                self.apply(Event::DirectoryLeft { task_run, number })
            }
            Move::Judge { task_run } => {
                for event in start::judge(&self.flow, self.execution, task_run, self.world)? {
                    self.apply(event)?;
                }
                Ok(())
            }
            Move::Fail { task_run } => self.apply(end::failed_with(self.execution, task_run)),
            Move::End { state } => {
                let event = end::end(&self.flow, self.execution, state, self.world)?;
                self.apply(event)
            }
            Move::Trailed => self.apply(Event::Trailed),
            Move::Create(mut turn) => {
                turn.id = TaskRunId::from_u128((self.world.ids)());
                self.apply(Event::TaskRunCreated(turn))
            }
        }
    }

    /// Begins what has to begin: at once what needs nobody, and as many of the others as there is room for.
    fn starts(&mut self) -> Result<bool, Stop> {
        if self.is_held_back() {
            return Ok(false);
        }
        let agenda = agenda::take(&self.flow, self.execution);
        let runs = &self.execution.task_runs;
        let room = self.world.room.saturating_sub(self.ready.len());
        let new = |id: &TaskRunId| !self.readied.contains(id);
        let mut begin: Vec<TaskRunId> = agenda.here().take(EVENTS_AT_ONCE).map(|it| runs.at(it).id).collect();
        begin.extend(agenda.outside().map(|it| runs.at(it).id).filter(new).take(room));
        self.execution.task_runs.put_agenda(agenda);
        let mut moved = false;
        for task_run in begin {
            // One that began before it may have stopped everything.
            if !self.execution.task_runs.get(task_run).is_some_and(has_to_begin) {
                continue;
            }
            match start::start(&self.flow, self.execution, task_run, (self.world, &self.claimed))? {
                start::Started::Moved(events) => {
                    self.go_on()?;
                    for event in events {
                        self.apply(event)?;
                    }
                    moved = true;
                }
                start::Started::Ready(ready) => {
                    self.go_on()?;
                    self.readied.insert(task_run);
                    self.ready.push(*ready);
                }
            }
        }
        Ok(moved)
    }

    /// It rested, and now something goes on.
    fn go_on(&mut self) -> Result<(), Stop> {
        if matches!(self.execution.state.current(), State::Paused | State::Retrying) {
            self.apply(Event::WentOn)?;
        }
        Ok(())
    }

    /// Nothing can move: Kestra shows an execution as PAUSED or RETRYING when nothing else of it runs.
    fn rest(&mut self) -> Result<(), Stop> {
        // Conductor: what waits runs.
        let may_rest = self.flow.dialect == Dialect::Kestra && self.execution.course.stopping.is_none();
        if self.execution.state.current() != State::Running || !may_rest {
            return Ok(());
        }
        let mut rested = None;
        for run in self.execution.task_runs.open() {
            let has_children = self.execution.task_runs.children(Some(run.id)).next_back().is_some();
            match run.state.current() {
                State::Paused => rested = Some(State::Paused),
                State::Retrying => rested = rested.or(Some(State::Retrying)),
                State::Running
                    if has_children && run.attempts.last().is_none_or(|it| it.state.is_terminal()) => {}
                _ => return Ok(()),
            }
        }
        match rested {
            Some(state) => self.apply(Event::Rested { state }),
            None => Ok(()),
        }
    }
}
