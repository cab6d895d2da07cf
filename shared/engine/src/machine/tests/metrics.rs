//! What attempts measure, and how much of it is kept.

use serde_json::{Map, json};

use super::play::Play;
use crate::{
    execution::{
        Attempt, AttemptOutcome, Ending, Execution, METRIC_BYTES_MAX, METRICS_MAX, Metric, MetricKind, State,
    },
    id::ExecutionId,
    machine::{Event, TASK_OUTPUT_BYTES_MAX, control},
};

const WORK: &str = "tasks: [{ id: work, type: test.Work }]";
const TRIED_AGAIN: &str =
    "tasks: [{ id: work, type: test.Work, retry: { type: constant, interval: PT1S, maxAttempts: 3 } }]";

/// One attempt, which ends so.
fn attempted(play: &mut Play, outcome: AttemptOutcome) {
    let ready = play.begin().remove(0);
    play.tell(Event::AttemptFinished { task_run: ready.task_run, number: ready.number, outcome }).unwrap();
}

fn measured(ending: Ending, metrics: Vec<Metric>) -> AttemptOutcome {
    AttemptOutcome { metrics, ..AttemptOutcome::new(ending, Map::new()) }
}

fn attempts(play: &Play) -> &[Attempt] {
    &play.execution.task_runs.iter().next().unwrap().attempts
}

fn warnings(play: &Play) -> Vec<&str> {
    play.execution.logs.iter().map(|line| line.message.as_str()).collect()
}

fn many(count: usize, name: &str) -> Vec<Metric> {
    (0..count).map(|nth| Metric::counter(name, nth)).collect()
}

#[test]
fn each_attempt_keeps_what_it_measured_however_it_ended() {
    let mut play = Play::of(TRIED_AGAIN);
    let rows = |count: u32| vec![Metric::counter("rows", count).tagged("table", "a")];
    attempted(&mut play, measured(Ending::Failed { message: "no".into() }, rows(1)));
    attempted(&mut play, measured(Ending::Failed { message: "no".into() }, Vec::new()));
    attempted(&mut play, measured(Ending::Success, rows(3)));
    let kept: Vec<_> = attempts(&play).iter().map(|attempt| attempt.metrics.clone()).collect();
    assert_eq!(kept, [rows(1), Vec::new(), rows(3)]);
    let stored = serde_json::to_string(&play.execution).unwrap();
    assert_eq!(serde_json::from_str::<Execution>(&stored).unwrap(), play.execution);
    assert_eq!(stored.matches(r#""m":"#).count(), 2 + play.execution.logs.len(), "{stored}");
}

#[test]
fn a_killed_attempt_keeps_what_it_told() {
    let mut play = Play::of(WORK);
    let ready = play.begin().remove(0);
    play.tell(Event::KillRequested).unwrap();
    let outcome = measured(Ending::Killed, many(1, "rows"));
    play.tell(Event::AttemptFinished { task_run: ready.task_run, number: 1, outcome }).unwrap();
    assert_eq!(attempts(&play)[0].state.current(), State::Killed);
    assert_eq!(attempts(&play)[0].metrics, many(1, "rows"));
}

#[test]
fn an_attempt_keeps_so_many_and_the_log_says_how_many_not() {
    let mut play = Play::of(WORK);
    attempted(&mut play, measured(Ending::Success, many(METRICS_MAX + 2, "n")));
    assert_eq!(attempts(&play)[0].metrics, many(METRICS_MAX, "n"));
    assert_eq!(warnings(&play), [Metric::not_kept(2)]);
    assert_eq!(play.execution.logs[0].level, crate::execution::Level::Warn);
    assert_eq!(play.execution.logs[0].attempt, 0);
}

#[test]
fn all_attempts_of_a_task_run_share_their_bytes() {
    let name = "n".repeat(METRIC_BYTES_MAX / 4);
    let mut play = Play::of(TRIED_AGAIN);
    attempted(&mut play, measured(Ending::Failed { message: "no".into() }, many(2, &name)));
    let mut second = many(2, &name);
    second.push(Metric::counter("small", 1));
    attempted(&mut play, measured(Ending::Success, second));
    assert_eq!(attempts(&play)[1].metrics, many(1, &name));
    assert_eq!(warnings(&play).last(), Some(&Metric::not_kept(2).as_str()));
}

#[test]
fn beside_large_outputs_there_is_less_room() {
    for (left, kept) in [(10, 0), (1_000, 1)] {
        let mut play = Play::of(WORK);
        let text = "x".repeat(TASK_OUTPUT_BYTES_MAX - left);
        let outputs = Map::from_iter([("text".to_owned(), json!(text))]);
        let outcome = AttemptOutcome { outputs, ..measured(Ending::Success, many(1, "rows")) };
        attempted(&mut play, outcome);
        assert_eq!(attempts(&play)[0].state.current(), State::Success);
        assert_eq!(attempts(&play)[0].metrics.len(), kept);
    }
}

#[test]
fn a_return_measures_its_text_in_javas_characters() {
    for (format, length) in [(", format: 'né 🦀'", 5), ("", 0)] {
        let play =
            Play::of(&format!("tasks: [{{ id: a, type: io.kestra.plugin.core.debug.Return{format} }}]"))
                .played();
        let [text, time] = &attempts(&play)[0].metrics[..] else { panic!("{play}") };
        assert_eq!(*text, Metric::counter("length", length));
        assert_eq!(
            (time.name.as_str(), time.kind, time.value.as_u64()),
            ("duration", MetricKind::Timer, Some(0))
        );
    }
}

#[test]
fn a_return_that_fails_measures_nothing() {
    let play =
        Play::of("tasks: [{ id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ no }}' }]").played();
    assert_eq!(play.execution.state.current(), State::Failed);
    assert!(attempts(&play)[0].metrics.is_empty());
}

#[test]
fn a_copy_has_measured_nothing() {
    let play = Play::of(
        "tasks: [{ id: a, type: io.kestra.plugin.core.debug.Return }, { id: b, type: io.kestra.plugin.core.debug.Return }]",
    )
    .played();
    let last = play.execution.task_runs.iter().last().unwrap().id;
    let next = std::cell::Cell::new(100);
    let ids = || {
        next.set(next.get() + 1);
        next.get()
    };
    let anew =
        control::Anew { flow: &play.flow, revision: 1, templates: &play.execution.templates, ids: &ids };
    let copy = control::replay(&anew, &play.execution, Some(last), play.now).unwrap();
    assert_ne!(copy.id, ExecutionId::from_u128(7));
    let copied = copy.task_runs.iter().next().unwrap();
    assert_eq!(copied.state.current(), State::Success);
    assert!(copied.attempts[0].metrics.is_empty());
}
