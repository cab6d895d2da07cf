//! An execution to which a random schedule happens, and what has to hold after every step of it.

use std::collections::HashSet;

use proptest::{prelude::*, sample::Index};
use serde_json::Map;

use super::super::{play::Play, tap};
use crate::{
    execution::{AttemptOutcome, Ending, Execution, Report, Skip, State, StateLog, TaskRun, Wait},
    id::TaskRunId,
    machine::{Event, Next, Ready, Rejected, Work, open_report, running_attempts, vanished, wake_at},
};

/// Folds after the schedule within which the execution has to end.
const FOLDS_MAX: usize = 2_000;

/// What may happen next.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Fold {
        room: usize,
    },
    /// What is owed begins: all of it, or the first.
    Begin {
        all: bool,
    },
    Finish(Index, Ending),
    Lose(Index),
    /// Whoever carried it is gone, with those shared directories whose bit is not set.
    Vanish(u8),
    Kill,
    Stop(State),
    /// Somebody wants one of its tasks skipped.
    Skip(Index),
    Pause,
    Resume,
    /// Somebody resumes a paused task run.
    ResumeRun(Index),
    /// Its flow limits how many run.
    Place(u8),
    /// To the moment it waits for.
    Jump,
    /// The clock of another holder is behind.
    Back,
    /// Something that happened before is told once more.
    Repeat(Index),
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    let ending = prop_oneof![
        4 => Just(Ending::Success),
        1 => Just(Ending::Warning),
        2 => Just(Ending::Failed { message: "broke".to_owned() }),
        1 => Just(Ending::Killed),
    ];
    let end = prop_oneof![Just(State::Cancelled), Just(State::Failed), Just(State::Running)];
    prop_oneof![
        4 => (0..3usize).prop_map(|room| Step::Fold { room }),
        8 => any::<bool>().prop_map(|all| Step::Begin { all }),
        8 => (index(), ending).prop_map(|(index, ending)| Step::Finish(index, ending)),
        1 => index().prop_map(Step::Lose),
        1 => any::<u8>().prop_map(Step::Vanish),
        1 => prop::bool::weighted(0.3).prop_map(|kill| if kill { Step::Kill } else { Step::Jump }),
        1 => (prop::bool::weighted(0.3), end).prop_map(|(stop, end)| if stop { Step::Stop(end) } else { Step::Jump }),
        1 => index().prop_map(Step::Skip),
        1 => Just(Step::Pause),
        2 => Just(Step::Resume),
        3 => index().prop_map(Step::ResumeRun),
        2 => any::<u8>().prop_map(Step::Place),
        3 => Just(Step::Jump),
        1 => Just(Step::Back),
        6 => index().prop_map(Step::Repeat),
    ]
}

/// What is done to the execution before each fold, and must not be seen in what follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Between {
    Nothing,
    /// What is owed is worked out anew.
    Forgets,
    /// It is stored and read.
    IsStored,
}

pub(super) struct Trial {
    pub(super) play: Play,
    between: Between,
    /// Attempts that somebody runs.
    running: Vec<Ready>,
    /// Everything that was ever applied, in order.
    pub(super) told: Vec<Event>,
    /// How it looked when it had ended.
    end: Option<(StateLog, Option<Map<String, serde_json::Value>>)>,
}

impl Trial {
    pub(super) fn of(body: &str, between: Between) -> Self {
        Self::with(Play::of(body), between)
    }

    pub(super) fn with(play: Play, between: Between) -> Self {
        tap::taken();
        Self { play, between, running: Vec::new(), told: Vec::new(), end: None }
    }

    fn fold(&mut self) -> Next {
        match self.between {
            Between::Nothing => {}
            Between::Forgets => self.play.execution.task_runs.forget_agenda(),
            Between::IsStored => {
                let stored = serde_json::to_string(&self.play.execution).unwrap();
                let read: Execution = serde_json::from_str(&stored).unwrap();
                assert_eq!(read, self.play.execution, "what is stored is what is read");
                self.play.execution = read;
                if self.play.flow.grows() {
                    self.play.flow = self.play.flow.grown(&self.play.execution.task_runs);
                }
            }
        }
        let next = self.play.fold();
        self.told.extend(tap::taken());
        if next == Next::Waiting {
            let now = self.play.now;
            let wake = wake_at(&self.play.execution);
            assert!(wake.is_none_or(|at| at > now), "it waits for a moment that has come: {}", self.play);
        }
        next
    }

    fn tell(&mut self, event: Event) -> Result<(), Rejected> {
        let before = self.play.execution.clone();
        let told = self.play.tell(event.clone());
        match &told {
            Ok(()) => self.told.push(event),
            Err(_) => {
                assert_eq!(before, self.play.execution, "{event:?} was rejected, and changed something");
            }
        }
        told
    }

    fn begin(&mut self, ready: &Ready) {
        let Ready { task_run, number, .. } = *ready;
        let event = Event::AttemptStarted { task_run, number, deadline: None };
        self.tell(event).expect("what is owed may begin");
        self.running.push(ready.clone());
    }

    fn finish(&mut self, at: usize, ending: Ending) {
        let Ready { task_run, number, .. } = self.running.remove(at);
        let outcome = AttemptOutcome::new(ending, Map::new());
        self.tell(Event::AttemptFinished { task_run, number, outcome }).expect("what runs may end");
    }

    pub(super) fn take(&mut self, step: &Step) {
        let at = |index: &Index, of: usize| (of > 0).then(|| index.index(of.max(1)));
        match step {
            Step::Fold { room } => {
                self.play.room = *room;
                self.fold();
                self.play.room = usize::MAX;
            }
            Step::Begin { all } => {
                if let Next::Attempts(ready) = self.fold() {
                    for ready in ready.iter().take(if *all { usize::MAX } else { 1 }) {
                        self.begin(ready);
                    }
                }
            }
            Step::Finish(index, ending) => {
                if let Some(at) = at(index, self.running.len()) {
                    self.finish(at, ending.clone());
                }
            }
            Step::Lose(index) => {
                if let Some(at) = at(index, self.running.len()) {
                    let Ready { task_run, number, .. } = self.running.remove(at);
                    self.tell(Event::AttemptLost { task_run, number }).expect("what runs may be lost");
                }
            }
            Step::Vanish(kept) => {
                let has = |id: TaskRunId| kept >> (id.as_u128() % 8) & 1 == 1;
                self.running.clear();
                for event in vanished(&self.play.execution, &has) {
                    self.tell(event).expect("it is true once whoever carried is gone");
                }
            }
            Step::Kill => self.tell_if_it_fits(Event::KillRequested),
            Step::Stop(state) => self.tell_if_it_fits(Event::StopRequested { state: *state, message: None }),
            Step::Skip(index) => {
                let mut ids: Vec<String> = self.play.flow.places.keys().cloned().collect();
                ids.sort();
                if let Some(at) = at(index, ids.len()) {
                    let (task_id, input, outputs) = (ids.swap_remove(at), Map::new(), Map::new());
                    self.tell_if_it_fits(Event::SkipRequested(Skip { task_id, input, outputs }));
                }
            }
            Step::Pause => self.tell_if_it_fits(Event::PauseRequested),
            Step::Resume => self.tell_if_it_fits(Event::ResumeRequested),
            Step::ResumeRun(index) => {
                let paused = paused(&self.play.execution);
                if let Some(at) = at(index, paused.len()) {
                    self.tell_if_it_fits(Event::TaskRunResumed { task_run: paused[at], outputs: Map::new() });
                }
            }
            Step::Place(choice) => {
                if self.fold() == Next::Place {
                    let message = "no place".to_owned();
                    self.tell_if_it_fits(match choice % 5 {
                        0 => Event::Refused { state: State::Cancelled, message },
                        1 | 2 => Event::Queued,
                        _ => Event::Admitted,
                    });
                }
            }
            Step::Jump => {
                if let Some(at) = wake_at(&self.play.execution) {
                    self.play.now = self.play.now.max(at);
                }
            }
            Step::Back => {
                let now = self.play.now.as_millis() - 30_000;
                self.play.now = crate::time::Timestamp::from_millis(now.max(0));
            }
            Step::Repeat(index) => {
                if let Some(at) = at(index, self.told.len()) {
                    let event = self.told[at].clone();
                    self.repeat(&event);
                }
            }
        }
        self.holds();
    }

    fn tell_if_it_fits(&mut self, event: Event) {
        let _ = self.tell(event);
    }

    fn repeat(&mut self, event: &Event) {
        let before = self.play.execution.clone();
        if let Event::TaskRunCreated(turn) = event
            && self.is_below_a_directory(turn.parent)
            && before.task_runs.get(turn.id).is_none()
        {
            // It was there before the directory was lost, and may be there again now: only a fold tells of it.
            return;
        }
        let Ok(()) = self.play.tell(event.clone()) else {
            assert_eq!(before, self.play.execution, "{event:?} was rejected, and changed something");
            return;
        };
        let mut after = self.play.execution.clone();
        match event {
            // Facts without a name of their own: told again they are new ones, and may be true.
            Event::Started
            | Event::InputResolved { .. }
            | Event::TermsKnown { .. }
            | Event::PauseRequested
            | Event::ResumeRequested
            | Event::Rested { .. }
            | Event::WentOn => {
                return;
            }
            Event::LabelsSet { .. } => after.labels.clone_from(&before.labels),
            Event::VariablesSet { .. } => after.variables.clone_from(&before.variables),
            Event::Logged { .. } => after.logs.clone_from(&before.logs),
            Event::PlaceNamed { .. }
            | Event::Admitted
            | Event::SkipRequested(_)
            | Event::Queued
            | Event::Refused { .. }
            | Event::TaskRunCreated(_)
            | Event::DelayOver { .. }
            | Event::TaskRunSkipped { .. }
            | Event::TaskRunFailed { .. }
            | Event::AttemptTimedOut { .. }
            | Event::FlowableStarted { .. }
            | Event::FlowableEnded { .. }
            | Event::TaskRunPaused { .. }
            | Event::TaskRunResumed { .. }
            | Event::TaskRunTimedOut { .. }
            | Event::RoundStarted { .. }
            | Event::RetryDue { .. }
            | Event::AttemptStarted { .. }
            | Event::FellAsleep { .. }
            | Event::AttemptFinished { .. }
            | Event::AttemptLost { .. }
            | Event::DirectoryLeft { .. }
            | Event::DirectoryLost { .. }
            | Event::CallsPlanned { .. }
            | Event::CallsBegun { .. }
            | Event::CallsFailed { .. }
            | Event::CallEnded { .. }
            | Event::AttemptOffered { .. }
            | Event::WorkerReported { .. }
            | Event::TimeAlerted { .. }
            | Event::KillRequested
            | Event::StopRequested { .. }
            | Event::Terminated { .. }
            | Event::SlaViolated { .. }
            | Event::Ended { .. }
            | Event::Trailed => {}
        }
        assert_eq!(before, after, "{event:?} was taken twice");
    }

    fn is_below_a_directory(&self, parent: Option<TaskRunId>) -> bool {
        let parent = parent.and_then(|id| self.play.execution.task_runs.get(id));
        let task = parent.and_then(|run| self.play.flow.task(&run.task_id));
        task.is_some_and(|task| task.type_name.ends_with(".WorkingDirectory"))
    }

    /// What holds after every step.
    fn holds(&mut self) {
        let execution = &self.play.execution;
        if execution.state.is_terminal() {
            let now = (execution.state.clone(), execution.outputs.clone());
            let end = self.end.get_or_insert_with(|| now.clone());
            assert_eq!(*end, now, "a terminal state was left: {}", self.play);
        }
        grow(&execution.state);
        let mut places = HashSet::new();
        for run in &execution.task_runs {
            grow(&run.state);
            run.attempts.iter().for_each(|attempt| grow(&attempt.state));
            let open = run.attempts.iter().rev().skip(1).filter(|it| !it.state.is_terminal()).count();
            assert_eq!(open, 0, "an attempt began while another ran: {}", self.play);
            let place = (run.parent, run.index, run.iteration, &run.task_id);
            assert!(places.insert(place), "{} was created twice: {}", run.task_id, self.play);
            self.above_is_open(run);
        }
        let running: HashSet<_> =
            running_attempts(execution).map(|(run, _)| (run.id, run.attempts.len())).collect();
        let known =
            self.running.iter().map(|it| (it.task_run, usize::try_from(it.number).unwrap())).collect();
        assert_eq!(running, known, "an attempt runs that nobody runs, or the other way round: {}", self.play);
    }

    fn above_is_open(&self, run: &TaskRun) {
        if run.state.is_terminal() {
            return;
        }
        let runs = &self.play.execution.task_runs;
        let above = run.parent.map(|id| runs.get(id).expect("what is above is there").state.current());
        assert!(
            !above.is_some_and(State::is_terminal),
            "{} is open below an end: {}",
            run.task_id,
            self.play
        );
        let ended = self.play.execution.is_over();
        assert!(!ended, "{} is open in an execution that is over: {}", run.task_id, self.play);
    }

    /// Does everything that is owed, until nothing is.
    pub(super) fn see_through(&mut self) {
        if self.play.execution.course.held_back {
            self.tell(Event::ResumeRequested).expect("it is held back");
        }
        for _ in 0..FOLDS_MAX {
            match self.fold() {
                Next::Ended => return self.is_over(),
                Next::Attempts(ready) => {
                    assert!(!ready.is_empty(), "nothing is owed, and not waited for: {}", self.play);
                    for ready in &ready {
                        self.begin(ready);
                    }
                }
                Next::Place => self.tell(Event::Admitted).expect("it asked for a place"),
                Next::More => {}
                Next::Waiting if !self.running.is_empty() => {
                    let ending = ending(&self.running[0]);
                    self.finish(0, ending);
                }
                Next::Waiting => {
                    match (wake_at(&self.play.execution), paused(&self.play.execution).first()) {
                        (Some(at), _) => self.play.now = at,
                        (None, Some(paused)) => {
                            self.tell(Event::TaskRunResumed { task_run: *paused, outputs: Map::new() })
                                .unwrap();
                        }
                        (None, None) => {
                            let asleep = asleep(&self.play.execution);
                            let (task_run, number) =
                                asleep.unwrap_or_else(|| panic!("it waits for nothing: {}", self.play));
                            let report = Report::completed(Map::new());
                            self.tell(Event::WorkerReported { task_run, number, report }).unwrap();
                        }
                    }
                }
                Next::Needs(needs) => panic!("{needs:?}: {}", self.play),
            }
            self.holds();
        }
        panic!("it does not end: {}", self.play);
    }

    fn is_over(&mut self) {
        self.holds();
        assert_eq!(wake_at(&self.play.execution), None);
        assert!(self.play.execution.task_runs.open().next().is_none(), "{}", self.play);
        for event in std::mem::take(&mut self.told) {
            let told = self.play.tell(event.clone());
            assert!(matches!(told, Err(Rejected::Ended(_))), "{event:?} after the end: {told:?}");
            self.told.push(event);
        }
        self.holds();
        assert_eq!(self.fold(), Next::Ended);
    }
}

fn grow(log: &StateLog) {
    let dates: Vec<_> = log.histories().map(|it| it.date).collect();
    assert!(dates.is_sorted(), "a date went backwards: {log:?}");
}

fn paused(execution: &Execution) -> Vec<TaskRunId> {
    let waits = |run: &&TaskRun| matches!(run.wait, Some(Wait::Resume { .. }));
    execution.task_runs.open().filter(waits).map(|run| run.id).collect()
}

/// The first that somebody outside has to end.
fn asleep(execution: &Execution) -> Option<(TaskRunId, u32)> {
    execution.task_runs.open().find_map(|run| Some((run.id, open_report(run)?)))
}

fn ending(ready: &Ready) -> Ending {
    let what = match &ready.work {
        Work::Run { properties, .. } => properties.get("what").and_then(|it| it.as_str()),
        Work::Calls { .. } | Work::Offer { .. } => None,
    };
    match what {
        Some("fail") => Ending::Failed { message: "it failed".to_owned() },
        _ => Ending::Success,
    }
}
