//! Laws of the machine: for any order, repetition and lateness of events.

use proptest::prelude::*;

use super::play::Play;
use crate::{
    execution::{AttemptOutcome, Ending, State},
    machine::{Event, Next},
};

const FLOW: &str = r#"
tasks:
  - id: outer
    type: io.kestra.plugin.core.flow.Sequential
    tasks:
      - { id: one, type: test.Work }
      - { id: two, type: test.Work, allowFailure: true }
    errors:
      - { id: local, type: test.Work }
  - { id: three, type: test.Work }
errors:
  - { id: alarm, type: io.kestra.plugin.core.log.Log, message: "alarm" }
"#;

/// What somebody may do next.
#[derive(Debug, Clone)]
enum Step {
    Begin,
    Finish(Ending),
    Lose,
    Kill,
    /// Tells an event that was told before once more.
    Repeat(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Begin),
        3 => Just(Step::Finish(Ending::Success)),
        1 => Just(Step::Finish(Ending::Failed { message: "broke".to_owned() })),
        1 => Just(Step::Lose),
        1 => Just(Step::Kill),
        3 => any::<prop::sample::Index>().prop_map(Step::Repeat),
    ]
}

proptest! {
    #[test]
    fn whatever_is_told_twice_or_late_every_execution_ends_once(steps in prop::collection::vec(step(), 0..60)) {
        let mut play = Play::of(FLOW);
        let mut told: Vec<Event> = Vec::new();
        let mut running: Option<crate::machine::Ready> = None;
        for step in steps {
            let next = play.fold();
            let event = match step {
                Step::Begin => match (next, &running) {
                    (Next::Attempts(ready), None) => {
                        let attempt = ready.into_iter().next().unwrap();
                        let event = Event::AttemptStarted { task_run: attempt.task_run, number: attempt.number, deadline: None };
                        running = Some(attempt);
                        event
                    }
                    _ => continue,
                },
                Step::Finish(ending) => {
                    let Some(attempt) = running.take() else { continue };
                    let outcome = AttemptOutcome::new(ending, serde_json::Map::new());
                    Event::AttemptFinished { task_run: attempt.task_run, number: attempt.number, outcome }
                }
                Step::Lose => {
                    let Some(attempt) = running.take() else { continue };
                    Event::AttemptLost { task_run: attempt.task_run, number: attempt.number }
                }
                Step::Kill => Event::KillRequested,
                Step::Repeat(index) => {
                    if told.is_empty() {
                        continue;
                    }
                    let event = index.get(&told).clone();
                    let before = play.execution.clone();
                    let kill = event == Event::KillRequested;
                    if play.tell(event).is_err() || kill {
                        prop_assert_eq!(&before, &play.execution, "a rejected event changes nothing");
                    } else {
                        prop_assert!(false, "a repeated event was taken twice: {}", play);
                    }
                    continue;
                }
            };
            told.push(event.clone());
            let _ = play.tell(event);
            for run in &play.execution.task_runs {
                let open = run.attempts.iter().filter(|it| it.state.current() == State::Running).count();
                prop_assert!(open <= 1, "two attempts of one task run are running: {}", play);
            }
        }
        if let Some(attempt) = running {
            let outcome = AttemptOutcome::new(Ending::Success, serde_json::Map::new());
            let event = Event::AttemptFinished { task_run: attempt.task_run, number: attempt.number, outcome };
            let _ = play.tell(event);
        }
        let play = play.played();
        prop_assert!(play.execution.state.is_terminal());
        prop_assert!(play.execution.task_runs.iter().all(|run| run.state.is_terminal()), "{}", play);
        let ended = play.execution.clone();
        let mut play = play;
        for event in told {
            prop_assert!(play.tell(event).is_err());
            prop_assert_eq!(&ended, &play.execution, "a terminal state is never left");
        }
        prop_assert_eq!(play.fold(), Next::Ended);
    }
}
