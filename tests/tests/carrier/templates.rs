//! Templates: what they cost, and that an execution never sees another shape of its flow.

use std::{fmt::Write, time::Duration};

use engine::{execution::State, id::ExecutionId};
use service::{Begun, Error, Service};

use crate::{
    climates::{answered, in_every_climate},
    world::{LEASE, TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const CALLS: &str = "
tasks:
  - {id: called, type: io.kestra.plugin.core.flow.Template, namespace: test, templateId: steps, args: {who: you}}
";
const PAUSES: &str = r#"
tasks:
  - {id: wait, type: io.kestra.plugin.core.flow.Pause}
  - {id: old, type: io.kestra.plugin.core.debug.Return, format: "{{ parent.outputs.args.who }}"}
"#;
const OTHER: &str = "tasks: [{id: new, type: io.kestra.plugin.core.debug.Return}]";
const NESTS: &str = "
tasks: [{id: inner, type: io.kestra.plugin.core.flow.Template, namespace: test, templateId: inner}]
";

fn source(id: &str, body: &str) -> String {
    format!("id: {id}\nnamespace: test\n{body}")
}

/// Creates a template, or updates it.
async fn keep(world: &World, id: &str, body: &str) {
    let source = source(id, body);
    if let Err(refused) = answered(|| world.service.create_template(TENANT, &source)).await {
        assert!(refused.to_string().contains("already exists"), "{refused}");
        answered(|| world.service.update_template(TENANT, "test", id, &source)).await.unwrap();
    }
}

/// Takes an execution up, whoever was told to.
async fn carry(service: &Service, id: ExecutionId) {
    answered(|| service.work(TENANT, id)).await.unwrap();
}

async fn runs(world: &World, id: ExecutionId) -> Vec<(String, State)> {
    let execution = world.execution(id).await;
    execution.task_runs.iter().map(|run| (run.task_id.clone(), run.state.current())).collect()
}

async fn ids(world: &World, id: ExecutionId) -> Vec<String> {
    runs(world, id).await.into_iter().map(|(task, _)| task).collect()
}

#[tokio::test]
async fn a_template_costs_one_read_the_first_time_and_no_write() {
    let world = World::new();
    keep(&world, "steps", NESTS).await;
    keep(&world, "inner", OTHER).await;
    world.flow("calls", CALLS).await;
    world.flow("plain", OTHER).await;
    // A process that has seen none of it, and one where others write as well.
    for (cold, again, alone) in [(3, 0, true), (3, 3, false)] {
        let another = world.set(service::Settings { alone, ..world.service.settings().clone() });
        let cost = async |flow: &str| {
            let before = world.counts();
            crate::climates::call(&another, flow, None, WAIT).await.unwrap();
            let cost = world.counts().since(before);
            assert_eq!((cost.commits, cost.puts, cost.lists), (1, 1, 0), "{cost:?}");
            cost.gets
        };
        // The flow, and each of its two templates.
        assert_eq!((cost("calls").await, cost("calls").await), (cold, again));
        assert_eq!((cost("plain").await, cost("plain").await), (1, u64::from(!alone)));
    }
}

#[test]
fn a_change_of_the_template_is_not_seen_by_what_has_begun() {
    in_every_climate(async |world| {
        keep(&world, "steps", PAUSES).await;
        world.flow("calls", CALLS).await;
        let id = world.call("calls", None).await.unwrap().execution.id;
        carry(&world.service, id).await;
        assert_eq!(world.execution(id).await.state.current(), State::Paused);
        keep(&world, "steps", OTHER).await;
        // Another process, that never saw the old one.
        let another = world.another();
        while world.execution(id).await.state.current() != State::Success {
            let resumed = answered(|| another.resume_unanswered(TENANT, id)).await;
            assert!(matches!(resumed, Ok(_) | Err(Error::IllegalState(_))), "{resumed:?}");
            carry(&another, id).await;
        }
        let execution = world.execution(id).await;
        let last = execution.task_runs.iter().last().unwrap();
        assert_eq!((last.task_id.as_str(), &last.outputs["value"]), ("old", &"you".into()));

        let next = world.call("calls", WAIT).await.unwrap().execution;
        assert_eq!(ids(&world, next.id).await, ["called", "new"]);
    });
}

#[tokio::test]
async fn a_deleted_template_is_still_there_for_what_has_begun() {
    let world = World::new();
    keep(&world, "steps", PAUSES).await;
    world.flow("calls", CALLS).await;
    let id = world.call("calls", None).await.unwrap().execution.id;
    world.work_queue().await;
    world.service.delete_template(TENANT, "test", "steps").await.unwrap();
    let another = world.another();
    another.resume_unanswered(TENANT, id).await.unwrap();
    world.work_queue().await;
    assert_eq!(ids(&world, id).await, ["called", "wait", "old"]);
    let next = world.call("calls", WAIT).await.unwrap().execution;
    assert_eq!(next.state.current(), State::Failed);
    assert!(next.logs.iter().any(|line| line.message == "Can't find flow template 'test.steps'"), "{next:?}");
}

#[tokio::test]
async fn what_failed_without_its_template_finds_it_at_a_restart() {
    let world = World::new();
    world.flow("calls", CALLS).await;
    let id = world.call("calls", WAIT).await.unwrap().execution.id;
    assert_eq!(world.execution(id).await.state.current(), State::Failed);
    keep(&world, "steps", OTHER).await;
    world.service.restart(TENANT, id, None).await.unwrap();
    world.work_queue().await;
    assert_eq!(world.execution(id).await.state.current(), State::Success);
    assert_eq!(ids(&world, id).await, ["called", "new"]);
}

#[tokio::test]
async fn a_replay_has_the_templates_of_old_unless_it_names_a_revision() {
    let world = World::new();
    keep(&world, "steps", "tasks: [{id: old, type: io.kestra.plugin.core.debug.Return}]").await;
    world.flow("calls", CALLS).await;
    let first = world.call("calls", WAIT).await.unwrap().execution;
    keep(&world, "steps", OTHER).await;
    let called = first.task_runs.iter().next().unwrap().id;
    for (task_run, revision, task) in [
        (None, None, "old"),
        (Some(called), None, "old"),
        (None, Some(1), "new"),
        (Some(called), Some(1), "new"),
    ] {
        let again = world.service.replay(TENANT, first.id, task_run, revision).await.unwrap();
        world.work_queue().await;
        assert_eq!(ids(&world, again.id).await, ["called", task], "{task_run:?} {revision:?}");
        assert_eq!(world.execution(again.id).await.state.current(), State::Success);
    }
}

#[tokio::test]
async fn an_execution_that_tries_again_has_the_templates_of_the_first() {
    let world = World::new();
    let retry = "retry: {type: constant, interval: PT1M, maxAttempts: 2, behavior: CREATE_NEW_EXECUTION}";
    keep(&world, "steps", "tasks: [{id: old, type: io.kestra.plugin.core.execution.Fail}]").await;
    world.flow("calls", &format!("{CALLS}{retry}")).await;
    let first = world.call("calls", None).await.unwrap().execution.id;
    world.work_queue().await;
    assert_eq!(world.execution(first).await.state.current(), State::Retried);
    keep(&world, "steps", OTHER).await;
    world.lose_queue();
    world.clock.advance(Duration::from_mins(2));
    let next = world.due().await.into_iter().map(|(_, id)| id).find(|id| *id != first).unwrap();
    world.service.work(TENANT, next).await.unwrap();
    assert_eq!(ids(&world, next).await, ["called", "old"]);
}

#[tokio::test]
async fn a_subflow_and_its_parent_have_templates_of_their_own() {
    let world = World::new();
    keep(
        &world,
        "steps",
        "tasks: [{id: sub, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: child}]",
    )
    .await;
    keep(&world, "inner", "tasks: [{id: work, type: test.Work}]").await;
    world.flow("child", NESTS).await;
    world.flow("calls", CALLS).await;
    let parent = world.call("calls", WAIT).await.unwrap().execution;
    assert_eq!(parent.state.current(), State::Success);
    assert_eq!(ids(&world, parent.id).await, ["called", "sub"]);
    let sub = parent.task_runs.iter().last().unwrap();
    let child: ExecutionId = sub.outputs["executionId"].as_str().unwrap().parse().unwrap();
    assert_eq!(ids(&world, child).await, ["inner", "work"]);
}

#[tokio::test]
async fn an_attempt_that_was_lost_is_run_again_with_the_old_template() {
    let world = World::new();
    let held = r#"tasks: [{id: work, type: test.Work, hold: "{{ taskrun.attemptsCount == 0 }}"}]"#;
    keep(&world, "steps", held).await;
    world.flow("calls", CALLS).await;
    let carrying = tokio::spawn({
        let service = world.service.clone();
        async move { crate::climates::call(&service, "calls", None, WAIT).await }
    });
    world.work.begun(1).await;
    keep(&world, "steps", OTHER).await;
    world.clock.advance(LEASE);
    let (_, id) = world.due().await.pop().unwrap();
    world.another().work(TENANT, id).await.unwrap();
    world.work.let_go.add_permits(1);
    assert_eq!(
        runs(&world, id).await,
        [("called".to_owned(), State::Success), ("work".to_owned(), State::Success)]
    );
    carrying.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_is_not_refused_for_its_templates() {
    let world = World::new();
    let mut many = "tasks:\n".to_owned();
    for number in 0..101 {
        let of = format!("namespace: test, templateId: n{number}");
        writeln!(many, "  - {{id: t{number}, type: io.kestra.plugin.core.flow.Template, {of}}}").unwrap();
    }
    world.flow("many", &many).await;
    assert!(matches!(world.service.begin(TENANT, "test", "many", None, None).await, Ok(Begun::New(_))));
    let one = "tasks: [{id: ID, type: io.kestra.plugin.core.debug.Return}]";
    for number in 0..101 {
        keep(&world, &format!("n{number}"), &one.replace("ID", &format!("x{number}"))).await;
    }
    let execution = world.call("many", WAIT).await.unwrap().execution;
    assert_eq!(execution.state.current(), State::Failed);
    let said = &execution.logs.last().unwrap().message;
    assert_eq!(said, "a flow takes 100 flow templates, and 'test.n100' is one too many");
    assert!(execution.task_runs.iter().any(|run| run.task_id == "x99"));
}
