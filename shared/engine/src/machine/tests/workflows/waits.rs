//! Tasks that wait: for a time, for somebody.

use serde_json::{Map, json};

use super::{begun, definition, inline, outputs, played, step};
use crate::{
    conductor::StepKind,
    execution::{AttemptOutcome, Ending, State},
    machine::{Event, Next, wake_at},
    time::Timestamp,
};

#[test]
fn a_time() {
    let due = |input| {
        let mut play = begun(&definition(vec![step("wait", StepKind::Wait, input)]));
        assert_eq!(play.fold(), Next::Waiting);
        assert_eq!(play.execution.state.current(), State::Running);
        wake_at(&play.execution)
    };
    let seconds = |seconds: i64| Some(Timestamp::from_millis(seconds * 1_000));
    assert_eq!(due(json!({"duration": "1 days 2 hours 3 minutes 4 seconds"})), seconds(93_785));
    assert_eq!(due(json!({"duration": "90s"})), seconds(91));
    assert_eq!(due(json!({"duration": "1m 5 secs"})), seconds(66));
    assert_eq!(due(json!({"until": "1970-01-02"})), seconds(86_400));
    assert_eq!(due(json!({"until": "1970-01-02 01:00"})), seconds(90_000));
    assert_eq!(due(json!({"until": "1970-01-02 01:00 GMT+01:00"})), seconds(86_400));
    assert_eq!(due(json!({})), None);
    let play = played(vec![step("wait", StepKind::Wait, json!({"duration": "10s"})), inline("then", "1")]);
    assert_eq!(outputs(&play), json!({"result": 1}));
}

#[test]
fn a_time_that_is_none() {
    for input in [
        json!({"duration": "soon"}),
        json!({"duration": "5 fortnights"}),
        json!({"until": "tomorrow"}),
        json!({"duration": "1s", "until": "2026-01-01"}),
    ] {
        let play = played(vec![step("wait", StepKind::Wait, input)]);
        assert_eq!(play.execution.state.current(), State::Failed, "{play}");
    }
}

#[test]
fn somebody() {
    for (ending, state) in
        [(Ending::Success, State::Success), (Ending::Failed { message: "no".to_owned() }, State::Failed)]
    {
        let mut play = begun(&definition(vec![step("ask", StepKind::Human, json!({"who": "Ada"}))]));
        assert_eq!(play.fold(), Next::Waiting);
        let task_run = play.execution.task_runs.of_task("ask").next().unwrap().id;
        let outcome = AttemptOutcome::new(ending, json!({"yes": true}).as_object().unwrap().clone());
        play.tell(Event::AttemptFinished { task_run, number: 1, outcome }).unwrap();
        assert_eq!(play.fold(), Next::Ended);
        assert_eq!((play.execution.state.current(), outputs(&play)), (state, json!({"yes": true})));
    }
    let mut play = begun(&definition(vec![step("ask", StepKind::Human, json!({}))]));
    play.fold();
    play.tell(Event::KillRequested).unwrap();
    assert_eq!(play.fold(), Next::Ended);
    assert_eq!(play.execution.outputs, None::<Map<_, _>>);
}
