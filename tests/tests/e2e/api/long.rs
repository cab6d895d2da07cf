//! Tasks that may take longer than a call may wait. In the cloud another process runs them than the one that is asked.

use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tests::{
    execution::{check, id, outline, state, states, task_run, task_runs},
    http::Request,
    space::Space,
};

/// Signals are looked for every two seconds where they are not heard of at once.
const KILLED_WITHIN: Duration = Duration::from_secs(20);

/// A task that may take five minutes.
fn long(id: &str, command: &str) -> String {
    format!(
        "  - id: {id}\n    type: io.kestra.plugin.scripts.shell.Commands\n    taskRunner: {{ type: \
         io.kestra.plugin.core.runner.Process }}\n    timeout: PT5M\n    commands: ['{command}']\n"
    )
}

const END: &str = "outputs:\n  - { id: n, type: INT, value: '{{ outputs.say.vars.n }}' }\n";

#[test]
fn a_call_is_answered_with_the_end() {
    let space = Space::shared("long");
    let say = long("say", r#"sleep 1; echo "::{\"outputs\":{\"n\":7}}::""#);
    let execution = space.play("says", &format!("tasks:\n{say}{END}"));
    check(&execution);
    assert_eq!(states(&execution), ["CREATED", "RUNNING", "SUCCESS"]);
    assert_eq!(execution["outputs"], json!({"n": 7}));
    assert_eq!(task_run(&execution, "say")["attempts"].as_array().unwrap().len(), 1);
    assert_eq!(space.execution(id(&execution))["state"], execution["state"]);
}

#[test]
fn what_comes_before_and_after_is_in_order() {
    let space = Space::shared("long");
    let tasks = [
        "  - { id: before, type: io.kestra.plugin.core.debug.Return, format: 3 }\n".to_owned(),
        // Short ones: where it is run is the server's to choose.
        long("add", r#"echo "::{\"outputs\":{\"n\":$(({{ outputs.before.value }} + 4))}}::""#)
            .replace("    timeout: PT5M\n", ""),
        long("say", r#"echo "::{\"outputs\":{\"n\":$(({{ outputs.add.vars.n }} * 6))}}::""#),
        "  - { id: after, type: io.kestra.plugin.core.debug.Return, format: '{{ outputs.say.vars.n }}' }\n"
            .to_owned(),
    ];
    let execution = space.play("mixed", &format!("tasks:\n{}{END}", tasks.concat()));
    check(&execution);
    assert_eq!(outline(&execution), "before SUCCESS, add SUCCESS, say SUCCESS, after SUCCESS");
    assert_eq!(execution["outputs"], json!({"n": 42}));
}

#[test]
fn many_wait_for_their_own() {
    let space = Space::shared("long");
    let say = long("say", r#"echo "::{\"outputs\":{\"n\":{{ inputs.n }}}}::""#);
    space.create("each", &format!("inputs:\n  - {{ id: n, type: INT }}\ntasks:\n{say}{END}"));
    std::thread::scope(|scope| {
        for n in 0..8 {
            let space = &space;
            scope.spawn(move || {
                let request = space.call("each").json(&json!({ "n": n }));
                let execution = space.client().send(&request).expect(200).json();
                check(&execution);
                assert_eq!((state(&execution), &execution["outputs"]), ("SUCCESS", &json!({ "n": n })));
            });
        }
    });
}

/// The one who is asked to kill, the one who waits and the one who runs it may be three.
#[test]
fn a_kill_reaches_whoever_runs_it() {
    let space = Space::shared("long");
    space.create("sleeps", &format!("tasks:\n{}", long("sleep", "sleep 240")));
    let started = space.start("sleeps");
    let id = id(&started);
    let runs = |it: &Json| task_runs(it).iter().any(|run| state(run) == "RUNNING");
    space.until(id, "the start of its task", runs);
    let target = format!("/api/v1/executions/{id}?wait=true");
    let asked = Instant::now();
    let answer = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| space.client().get(&target).expect(200).json());
        space.client().send(&Request::delete(&format!("/api/v1/executions/{id}/kill"))).expect(202);
        waiter.join().unwrap()
    });
    check(&answer);
    assert_eq!(states(&answer), ["CREATED", "RUNNING", "KILLING", "KILLED"]);
    assert_eq!(outline(&answer), "sleep KILLED");
    assert!(asked.elapsed() < KILLED_WITHIN, "{:?}", asked.elapsed());
}
