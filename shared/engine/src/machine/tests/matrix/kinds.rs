//! One event of every kind, as it would be told of a subject.

use serde_json::Map;

use super::subjects::Subject;
use crate::{
    conductor::TaskDefinition,
    execution::{AttemptOutcome, Ending, Level, LogLine, Offered, Report, Skip, State, Terms, Wait},
    flow::{FlowableKind, Label, TaskKind},
    id::TaskRunId,
    machine::{Event, Turn},
};

/// Names every kind of event and gives one of each. A kind that is not here does not compile.
macro_rules! kinds {
    ($($name:ident => $sample:expr;)*) => {
        |subject: &Subject| -> Vec<(&'static str, Event)> {
            fn _every_kind_is_here(event: &Event) {
                match event {
                    $(Event::$name { .. } => {})*
                }
            }
            let of = Sample::of(subject);
            vec![$((stringify!($name), ($sample)(&of))),*]
        }
    };
}

struct Sample {
    task_run: TaskRunId,
    /// Of the attempt that runs, or ran last.
    number: u32,
    /// A task below it, if it has any; else the task itself.
    turn: Turn,
    /// What it would wait for if it paused.
    wait: Wait,
    iteration: u32,
    moment: crate::time::Timestamp,
}

impl Sample {
    fn of(subject: &Subject) -> Self {
        let execution = &subject.play.execution;
        let run = execution.task_runs.get(subject.task_run);
        let kind = run.and_then(|run| subject.play.flow.task(&run.task_id)).map(|task| &task.kind);
        let below = match kind {
            Some(TaskKind::Flowable(it)) => match &it.kind {
                FlowableKind::Sequential { tasks } | FlowableKind::WorkingDirectory { tasks, .. } => {
                    tasks.last()
                }
                FlowableKind::LoopUntil(it) => it.tasks.last(),
                FlowableKind::DoWhile(it) => it.tasks.last(),
                FlowableKind::Pause(it) => it.tasks.last(),
                _ => None,
            },
            Some(
                TaskKind::Pure(_) | TaskKind::Runnable(_) | TaskKind::Executable(_) | TaskKind::Worker(_),
            )
            | None => None,
        };
        let moment = subject.play.now.plus(std::time::Duration::from_mins(1));
        let turn = Turn {
            id: TaskRunId::from_u128(1_000_000),
            task_id: below.map_or_else(
                || run.map_or("work".to_owned(), |run| run.task_id.clone()),
                |task| task.id.clone(),
            ),
            parent: below.map(|_| subject.task_run),
            index: None,
            value: None,
            iteration: run.and_then(|run| run.iteration),
        };
        let loops =
            matches!(kind, Some(TaskKind::Flowable(it)) if matches!(it.kind, FlowableKind::LoopUntil(_)));
        Self {
            task_run: subject.task_run,
            number: run.map_or(1, |run| u32::try_from(run.attempts.len()).unwrap()),
            turn,
            wait: if loops {
                Wait::Round { at: moment }
            } else {
                Wait::Resume { delay: None, timeout: None }
            },
            iteration: run.and_then(|run| run.iteration).unwrap_or(1) + 1,
            moment,
        }
    }
}

pub(super) fn offered() -> Offered {
    let terms = Terms::from(&TaskDefinition::named("work"));
    Offered { task_type: "work".to_owned(), domain: None, input: Map::new(), priority: 0, terms }
}

pub(super) fn kinds(subject: &Subject) -> Vec<(&'static str, Event)> {
    let all = kinds! {
        PlaceNamed => |_: &Sample| Event::PlaceNamed { key: "k".to_owned() };
        Admitted => |_: &Sample| Event::Admitted;
        Queued => |_: &Sample| Event::Queued;
        Refused => |_: &Sample| Event::Refused { state: State::Cancelled, message: "no place".to_owned() };
        Started => |_: &Sample| Event::Started;
        TaskRunCreated => |it: &Sample| Event::TaskRunCreated(it.turn.clone());
        DelayOver => |it: &Sample| Event::DelayOver { task_run: it.task_run };
        TaskRunSkipped => |it: &Sample| Event::TaskRunSkipped { task_run: it.task_run };
        TaskRunFailed => |it: &Sample| Event::TaskRunFailed { task_run: it.task_run, message: "wrong".to_owned() };
        InputResolved => |it: &Sample| Event::InputResolved { task_run: it.task_run, input: Map::new() };
        TermsKnown => |it: &Sample| Event::TermsKnown { task_run: it.task_run, terms: Box::new(offered().terms) };
        FlowableStarted => |it: &Sample| Event::FlowableStarted { task_run: it.task_run, outputs: Map::new(), values: Vec::new() };
        FlowableEnded => |it: &Sample| Event::FlowableEnded { task_run: it.task_run, state: State::Success, outputs: Map::new() };
        TaskRunPaused => |it: &Sample| Event::TaskRunPaused { task_run: it.task_run, wait: it.wait };
        TaskRunResumed => |it: &Sample| Event::TaskRunResumed { task_run: it.task_run, outputs: Map::new() };
        TaskRunTimedOut => |it: &Sample| Event::TaskRunTimedOut { task_run: it.task_run, state: State::Failed, message: "late".to_owned() };
        RoundStarted => |it: &Sample| Event::RoundStarted { task_run: it.task_run, iteration: it.iteration, outputs: Map::new() };
        RetryDue => |it: &Sample| Event::RetryDue { task_run: it.task_run };
        AttemptStarted => |it: &Sample| Event::AttemptStarted { task_run: it.task_run, number: it.number + 1, deadline: None };
        FellAsleep => |it: &Sample| Event::FellAsleep { task_run: it.task_run, until: Some(it.moment) };
        AttemptTimedOut => |it: &Sample| Event::AttemptTimedOut { task_run: it.task_run, number: it.number };
        Logged => |it: &Sample| Event::Logged {
            task_run: it.task_run,
            lines: vec![LogLine { timestamp: it.moment, level: Level::Info, message: "line".to_owned() }],
        };
        AttemptFinished => |it: &Sample| Event::AttemptFinished {
            task_run: it.task_run,
            number: it.number,
            outcome: AttemptOutcome::new(Ending::Success, Map::new()),
        };
        AttemptLost => |it: &Sample| Event::AttemptLost { task_run: it.task_run, number: it.number };
        DirectoryLeft => |it: &Sample| Event::DirectoryLeft { task_run: it.task_run, number: it.number };
        DirectoryLost => |it: &Sample| Event::DirectoryLost { task_run: it.task_run, number: it.number };
        CallsPlanned => |it: &Sample| Event::CallsPlanned { task_run: it.task_run, number: it.number + 1, total: 1, outputs: Map::new() };
        CallsBegun => |it: &Sample| Event::CallsBegun { task_run: it.task_run, number: it.number, begun: 1, child: None };
        CallsFailed => |it: &Sample| Event::CallsFailed {
            task_run: it.task_run,
            number: it.number,
            message: "no".to_owned(),
            outputs: Map::new(),
        };
        CallEnded => |it: &Sample| Event::CallEnded {
            task_run: it.task_run,
            number: it.number,
            index: 0,
            state: State::Success,
            timed_out: false,
            outputs: Map::new(),
        };
        AttemptOffered => |it: &Sample| Event::AttemptOffered {
            task_run: it.task_run,
            number: it.number + 1,
            offered: Box::new(offered()),
        };
        WorkerReported => |it: &Sample| Event::WorkerReported {
            task_run: it.task_run,
            number: it.number,
            report: Report::completed(Map::new()),
        };
        SkipRequested => |it: &Sample| Event::SkipRequested(Skip {
            task_id: it.turn.task_id.clone(),
            input: Map::new(),
            outputs: Map::new(),
        });
        TimeAlerted => |it: &Sample| Event::TimeAlerted { task_run: it.task_run, number: it.number };
        LabelsSet => |_: &Sample| Event::LabelsSet { labels: vec![Label::new("a", "b")] };
        VariablesSet => |_: &Sample| Event::VariablesSet { set: Map::new(), unset: vec!["a".to_owned()] };
        KillRequested => |_: &Sample| Event::KillRequested;
        Terminated => |_: &Sample| Event::Terminated { state: State::Failed, reason: String::new(), outputs: None };
        StopRequested => |_: &Sample| Event::StopRequested { state: State::Cancelled, message: None };
        SlaViolated => |_: &Sample| Event::SlaViolated { sla: "quick".to_owned() };
        PauseRequested => |_: &Sample| Event::PauseRequested;
        ResumeRequested => |_: &Sample| Event::ResumeRequested;
        Rested => |_: &Sample| Event::Rested { state: State::Paused };
        WentOn => |_: &Sample| Event::WentOn;
        Ended => |_: &Sample| Event::Ended { state: State::Success, outputs: None, failure: None };
        Trailed => |_: &Sample| Event::Trailed;
    };
    all(subject)
}
