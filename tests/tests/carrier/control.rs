//! Control that leaves an end, makes a new execution, or removes one.

use std::{sync::atomic::Ordering, time::Duration};

use engine::{
    execution::{Execution, State},
    flow::Label,
    id::ExecutionId,
};
use service::{Action, Error, ExecutionQuery, LogQuery};

use crate::{
    climates::{answered, call, in_every_climate, until},
    world::{LEASE, TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
/// Fails at the first two attempts of `two`.
const FAILS_TWICE: &str = r#"tasks:
  - { id: one, type: test.Work }
  - { id: two, type: test.Work, fail: "{{ taskrun.attemptsCount < 2 }}" }
  - { id: three, type: test.Work }
errors: [{ id: alarm, type: test.Work }]"#;

fn states(execution: &Execution) -> Vec<(&str, State, usize)> {
    let runs = execution.task_runs.iter();
    runs.map(|run| (run.task_id.as_str(), run.state.current(), run.attempts.len())).collect()
}

fn message<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
    refused.unwrap_err().to_string()
}

/// An execution of the flow that has ended.
async fn ended(world: &World, flow: &str) -> Execution {
    world.call(flow, WAIT).await.unwrap().execution
}

#[tokio::test]
async fn what_failed_is_restarted_until_it_succeeds() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    let first = ended(&world, "fails").await;
    let id = first.id;
    assert_eq!(first.state.current(), State::Failed);
    assert_eq!(states(&first)[2].0, "alarm");

    let restarted = world.service.restart(TENANT, id, None).await.unwrap();
    assert_eq!(states(&restarted), [("one", State::Success, 1), ("two", State::Restarted, 1)]);
    assert_eq!(restarted, world.execution(id).await);
    assert!(message(world.service.restart(TENANT, id, None).await).contains("current state is 'RESTARTED'"));
    world.work_queue().await;
    assert_eq!(world.execution(id).await.state.current(), State::Failed);

    world.service.restart(TENANT, id, None).await.unwrap();
    world.work_queue().await;
    let last = world.execution(id).await;
    assert_eq!(last.state.current(), State::Success);
    assert_eq!(
        states(&last),
        [("one", State::Success, 1), ("two", State::Success, 3), ("three", State::Success, 1)]
    );
    assert_eq!(last.metadata.attempt_number, 3);
    assert!(message(world.service.restart(TENANT, id, None).await).contains("No task found to restart"));
    let unknown = ExecutionId::from_u128(9);
    assert!(matches!(world.service.restart(TENANT, unknown, None).await, Err(Error::NotFound(_))));
}

#[test]
fn the_result_of_an_attempt_before_the_restart_comes_too_late() {
    in_every_climate(async |world| {
        // The first attempt is held, the second fails, the third succeeds.
        world
            .flow(
                "held",
                r#"tasks:
  - id: work
    type: test.Work
    hold: "{{ taskrun.attemptsCount == 0 }}"
    fail: "{{ taskrun.attemptsCount == 1 }}""#,
            )
            .await;
        let first = tokio::spawn({
            let service = world.service.clone();
            async move { call(&service, "held", None, WAIT).await }
        });
        world.work.begun(1).await;
        world.clock.advance(LEASE);
        let (_, id) = world.due().await.pop().unwrap();
        let another = world.another();
        answered(|| another.work(TENANT, id)).await.unwrap();
        assert_eq!(world.execution(id).await.state.current(), State::Failed);

        let restarted = answered(|| another.restart(TENANT, id, None)).await.unwrap();
        assert_eq!(restarted.state.current(), State::Restarted);
        world.work.let_go.add_permits(1);
        // Its holder tells of it before the next attempt, or after.
        until(async || world.work.let_go.available_permits() == 0).await;
        answered(|| another.work(TENANT, id)).await.unwrap();
        let late = first.await.unwrap().unwrap();
        let execution = world.execution(id).await;
        assert_eq!(execution.state.current(), State::Success);
        let run = execution.task_runs.iter().next().unwrap();
        assert_eq!(run.outputs["attempt"], 3, "neither the lost attempt nor the failed one counts");
        assert_eq!(run.attempts.len(), 3);
        assert_eq!(late.execution, execution, "whoever called it waits for the end it comes to");
    });
}

#[tokio::test]
async fn a_restart_nobody_was_told_of_is_found_by_the_clock() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    let id = ended(&world, "fails").await.id;
    world.service.restart(TENANT, id, None).await.unwrap();
    world.lose_queue();
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(world.due().await, [(TENANT.to_owned(), id)]);
}

#[tokio::test]
async fn what_was_told_after_the_end_does_not_end_what_goes_on() {
    let world = World::new();
    world.flow("held", "tasks: [{ id: work, type: test.Work, hold: true, fail: true }]").await;
    let started = world.call("held", Some(Duration::ZERO)).await.unwrap();
    let id = started.execution.id;
    world.work.begun(1).await;
    world.work.let_go.add_permits(1);
    world.service.wait(TENANT, id, Duration::from_mins(1)).await.unwrap();
    world.leave_signal_of(id).await;
    assert_eq!(world.beside(id, "signal/"), 1);
    world.service.restart(TENANT, id, None).await.unwrap();
    assert_eq!(world.beside(id, "signal/"), 0);
}

#[tokio::test]
async fn a_replay_is_an_execution_of_its_own() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    let first = ended(&world, "fails").await;
    let one = first.task_runs.iter().next().unwrap().id;

    let whole = world.service.replay(TENANT, first.id, None, None).await.unwrap();
    assert_eq!((whole.state.current(), whole.parent_id), (State::Created, Some(first.id)));
    assert!(whole.task_runs.is_empty());
    let part = world.service.replay(TENANT, first.id, Some(one), None).await.unwrap();
    assert_eq!(states(&part), [("one", State::Restarted, 1)]);
    world.work_queue().await;
    assert_eq!(world.execution(first.id).await, first, "the old one is as it was");
    assert_eq!(
        states(&world.execution(whole.id).await)[..2],
        [("one", State::Success, 1), ("two", State::Failed, 1)]
    );
    assert_eq!(
        states(&world.execution(part.id).await)[..2],
        [("one", State::Success, 2), ("two", State::Failed, 1)]
    );
    let unknown = engine::id::TaskRunId::from_u128(9);
    let refused = world.service.replay(TENANT, first.id, Some(unknown), None).await;
    assert!(message(refused).contains("No task found"));
}

#[tokio::test]
async fn another_revision_makes_a_new_execution() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    let first = ended(&world, "fails").await;
    let mended = format!("id: fails\nnamespace: test\n{}", FAILS_TWICE.replace("< 2", "< 1"));
    world.service.update_flow(TENANT, "test", "fails", &mended).await.unwrap();
    let next = world.service.restart(TENANT, first.id, Some(2)).await.unwrap();
    assert_ne!(next.id, first.id);
    assert_eq!((next.flow_revision, next.parent_id), (2, Some(first.id)));
    world.work_queue().await;
    assert_eq!(world.execution(next.id).await.state.current(), State::Success);
    for refused in [
        world.service.restart(TENANT, first.id, Some(3)).await,
        world.service.replay(TENANT, first.id, None, Some(3)).await,
    ] {
        assert_eq!(
            refused.unwrap_err(),
            Error::NotFound("Unable to find revision 3 on flow test.fails".to_owned())
        );
    }
}

#[tokio::test]
async fn a_task_run_set_to_success_is_not_run_again() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    let first = ended(&world, "fails").await;
    let two = first.task_runs.iter().nth(1).unwrap().id;
    world.service.change_task_run_state(TENANT, first.id, two, State::Success).await.unwrap();
    world.work_queue().await;
    let execution = world.execution(first.id).await;
    assert_eq!(execution.state.current(), State::Success);
    assert_eq!(
        states(&execution),
        [("one", State::Success, 1), ("two", State::Success, 1), ("three", State::Success, 1)]
    );
}

#[tokio::test]
async fn an_end_and_labels_are_changed_in_place() {
    let world = World::new();
    world.flow("work", "tasks: [{ id: work, type: test.Work }]\nlabels: { team: a }").await;
    let id = ended(&world, "work").await.id;
    let changed = world.service.change_status(TENANT, id, State::Warning).await.unwrap();
    assert_eq!(changed.state.current(), State::Warning);
    assert!(
        message(world.service.change_status(TENANT, id, State::Paused).await).contains("to a terminal state")
    );

    let labels = [Label::new("team", "b"), Label::new("new", "yes")];
    let changed = world.service.set_labels(TENANT, id, &labels).await.unwrap();
    assert!(labels.iter().all(|label| changed.labels.contains(label)));
    assert!(!changed.labels.contains(&Label::new("team", "a")));
    assert_eq!(changed, world.execution(id).await);
    let found = ExecutionQuery { labels: labels.to_vec(), ..ExecutionQuery::default() };
    assert_eq!(
        world.service.by_query(TENANT, &found, &Action::Kill).await.unwrap_err().to_string(),
        "invalid bulk kill"
    );
    let system = world.service.set_labels(TENANT, id, &[Label::new("system.x", "y")]).await;
    assert!(message(system).contains("System labels can only be set by Kestra itself"));
    assert_eq!(world.messages(), 0, "nobody has to carry on what is over");
}

#[tokio::test]
async fn what_is_deleted_leaves_nothing() {
    let world = World::new();
    // More lines than the execution keeps in its own item, so that there are items beside it.
    let lines = format!(
        "tasks: [{{ id: talks, type: io.kestra.plugin.core.log.Log, message: {:?} }}]",
        "x".repeat(100_000)
    );
    world.flow("talks", &lines[..]).await;
    let id = ended(&world, "talks").await.id;
    assert!(world.beside(id, "log/") > 0);
    world.service.delete_execution(TENANT, id, true).await.unwrap();
    assert_eq!(world.beside(id, ""), 0);
    assert!(world.service.logs(TENANT, id, LogQuery::default()).await.unwrap().is_none());
    assert!(matches!(world.service.delete_execution(TENANT, id, true).await, Err(Error::NotFound(_))));

    world.flow("held", "tasks: [{ id: work, type: test.Work, hold: true }]").await;
    let running = world.call("held", Some(Duration::ZERO)).await.unwrap().execution.id;
    world.work.begun(1).await;
    assert!(
        message(world.service.delete_execution(TENANT, running, true).await).contains("must be terminated")
    );
}

#[tokio::test]
async fn a_batch_is_done_to_all_or_to_none() {
    let world = World::new();
    world.flow("fails", FAILS_TWICE).await;
    world.flow("work", "tasks: [{ id: work, type: test.Work }]").await;
    let (one, two) = (ended(&world, "fails").await, ended(&world, "fails").await);
    let good = ended(&world, "work").await;
    let ids = |all: &[ExecutionId]| all.iter().map(ToString::to_string).collect::<Vec<_>>();

    let mut mixed = ids(&[one.id, good.id]);
    mixed.push("nothing".to_owned());
    let Err(Error::Batch(batch)) = world.service.by_ids(TENANT, &mixed, &Action::Restart).await else {
        panic!("it is refused");
    };
    assert_eq!(batch.to_string(), "invalid bulk restart");
    let unfit: Vec<(&str, &str)> =
        batch.unfit.iter().map(|it| (it.id.as_str(), it.message.as_str())).collect();
    let good_id = good.id.to_string();
    assert_eq!(
        unfit,
        [(good_id.as_str(), "execution not in state FAILED"), ("nothing", "execution not found")]
    );
    assert_eq!(world.execution(one.id).await, one, "nothing was done");

    // Spawned as a server does, so that it can be.
    let service = world.service.clone();
    let both = ids(&[one.id, two.id, one.id]);
    let restarted = tokio::spawn(async move { service.by_ids(TENANT, &both, &Action::Restart).await });
    assert_eq!(restarted.await.unwrap(), Ok(2));
    world.work_queue().await;
    assert_eq!(world.execution(one.id).await.task_runs.iter().nth(1).unwrap().attempts.len(), 2);

    let query = |flow: &str| ExecutionQuery { flow_id: Some(flow.to_owned()), ..ExecutionQuery::default() };
    let act = async |flow: &str, action| world.service.by_query(TENANT, &query(flow), &action).await;
    assert_eq!(act("fails", Action::Replay { newest: false }).await, Ok(2));
    world.work_queue().await;
    assert_eq!(act("fails", Action::ChangeStatus(State::Success)).await, Ok(4));
    assert_eq!(act("fails", Action::SetLabels(vec![Label::new("a", "b")])).await, Ok(4));
    assert!(matches!(act("fails", Action::Restart).await, Err(Error::Batch(_))), "none is FAILED any more");
    assert_eq!(act("fails", Action::Delete { storage: true }).await, Ok(4));
    assert_eq!(act("fails", Action::Delete { storage: true }).await, Ok(0));
    assert_eq!(world.execution(good.id).await, good);
    assert!(world.work.started.load(Ordering::Relaxed) > 0);
}
