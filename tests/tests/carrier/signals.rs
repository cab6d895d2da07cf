//! What others tell an execution: it is heard, once, whoever holds it.

use std::{sync::atomic::Ordering, time::Duration};

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
    input::Submitted,
};
use service::{Error, Service, Settings};

use crate::{
    climates::{answered, in_every_climate, until},
    world::{TENANT, World},
};

const TWO_PAUSES: &str = "tasks: [{ id: first, type: io.kestra.plugin.core.flow.Pause }, \
                          { id: second, type: io.kestra.plugin.core.flow.Pause }]";
const TWO_HOLDS: &str = "tasks: [{ id: one, type: test.Work, hold: true }, \
                         { id: other, type: test.Work, hold: true }]";

async fn resume(service: &Service, id: ExecutionId) -> Result<Execution, Error> {
    let resumption = answered(|| service.begin_resume(TENANT, id)).await?;
    service.resume(resumption, &Submitted::new()).await
}

/// Asks until it was heard. What was heard though nobody answered is refused when it comes again.
async fn heard<F: Future<Output = Result<Execution, Error>>>(tell: impl Fn() -> F) {
    match answered(tell).await {
        Ok(_) | Err(Error::IllegalState(_)) => {}
        Err(error) => panic!("{error}"),
    }
}

async fn is_in(world: &World, id: ExecutionId, state: State) {
    until(async || world.execution(id).await.state.current() == state).await;
}

/// A started execution, as far as it goes.
async fn parked(world: &World, flow: &str) -> ExecutionId {
    let started = world.call(flow, None).await.unwrap();
    world.work_queue().await;
    answered(|| world.service.work(TENANT, started.execution.id)).await.unwrap();
    started.execution.id
}

fn state_of(execution: &Execution, task: &str) -> Option<State> {
    execution.task_runs.iter().find(|run| run.task_id == task).map(|run| run.state.current())
}

#[test]
fn a_kill_during_a_retry_delay_ends_the_execution_at_once() {
    in_every_climate(async |world| {
        let retry = "{ type: constant, interval: PT1H, maxAttempt: 3 }";
        let task = format!("{{ id: fail, type: io.kestra.plugin.core.execution.Fail, retry: {retry} }}");
        world.flow("fails", &format!("tasks: [{task}]")).await;
        let id = parked(&world, "fails").await;
        assert_eq!(world.execution(id).await.state.current(), State::Retrying);
        answered(|| world.service.kill(TENANT, id, true)).await.unwrap();
        is_in(&world, id, State::Killed).await;
        let killed = world.execution(id).await;
        world.clock.advance(Duration::from_hours(2));
        world.work_queue().await;
        answered(|| world.service.work(TENANT, id)).await.unwrap();
        assert_eq!(world.execution(id).await, killed, "no attempt comes after it");
        assert_eq!(state_of(&killed, "fail"), Some(State::Killed));
    });
}

#[test]
fn two_who_resume_at_once_resume_one_pause() {
    in_every_climate(async |world| {
        world.flow("pauses", TWO_PAUSES).await;
        let id = parked(&world, "pauses").await;
        let (here, there) = (world.service.clone(), world.another());
        let one = answered(|| here.begin_resume(TENANT, id)).await.unwrap();
        let other = answered(|| there.begin_resume(TENANT, id)).await.unwrap();
        let late = answered(|| here.begin_resume(TENANT, id)).await.unwrap();
        let nothing = Submitted::new();
        let (a, b) = tokio::join!(here.resume(one, &nothing), there.resume(other, &nothing));
        if world.as_it_is {
            a.unwrap();
            b.unwrap();
        }
        until(async || {
            world.work_queue().await;
            answered(|| world.service.work(TENANT, id)).await.unwrap();
            state_of(&world.execution(id).await, "first") == Some(State::Success) || !world.as_it_is
        })
        .await;
        // One that comes when the next pause waits means the first one, too.
        let late = here.resume(late, &nothing).await;
        assert!(late.is_ok() || !world.as_it_is, "{late:?}");
        world.work_queue().await;
        answered(|| world.service.work(TENANT, id)).await.unwrap();
        let execution = world.execution(id).await;
        assert_eq!(execution.state.current(), State::Paused);
        assert_ne!(state_of(&execution, "second"), Some(State::Success), "it was meant by nobody");
        while world.execution(id).await.state.current() != State::Success {
            let _ = resume(&world.service, id).await;
            world.work_queue().await;
            answered(|| world.service.work(TENANT, id)).await.unwrap();
        }
    });
}

#[test]
fn a_pause_lets_what_runs_end_and_begins_nothing_new() {
    in_every_climate(async |world| {
        world.flow("holds", TWO_HOLDS).await;
        let started = world.call("holds", Some(Duration::ZERO)).await.unwrap();
        let id = started.execution.id;
        world.work.begun(1).await;
        heard(|| world.service.pause(TENANT, id)).await;
        is_in(&world, id, State::Paused).await;
        assert_eq!(state_of(&world.execution(id).await, "one"), Some(State::Running));
        world.work.let_go.add_permits(1);
        until(async || state_of(&world.execution(id).await, "one") == Some(State::Success)).await;
        assert_eq!(world.execution(id).await.state.current(), State::Paused);
        assert_eq!(state_of(&world.execution(id).await, "other"), None);
        assert_eq!(world.work.started.load(Ordering::Relaxed), 1);

        heard(|| resume(&world.service, id)).await;
        world.work.let_go.add_permits(1);
        world.work_queue().await;
        answered(|| world.service.work(TENANT, id)).await.unwrap();
        is_in(&world, id, State::Success).await;
        assert_eq!(world.work.started.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn a_sender_sees_what_its_signal_did() {
    in_every_climate(async |world| {
        world.flow("holds", TWO_HOLDS).await;
        let started = world.call("holds", Some(Duration::ZERO)).await.unwrap();
        let id = started.execution.id;
        world.work.begun(1).await;
        match world.service.pause(TENANT, id).await {
            Ok(paused) if world.as_it_is => assert_eq!(paused.state.current(), State::Paused),
            Ok(_) => {}
            Err(error) => assert!(!world.as_it_is, "{error}"),
        }
        answered(|| world.service.kill(TENANT, id, true)).await.unwrap();
        is_in(&world, id, State::Killed).await;
        assert_eq!(world.beside(id, "signal/"), 0, "what was heard is gone");
    });
}

#[tokio::test]
async fn a_holder_in_another_process_hears_by_itself() {
    let world = World::new();
    let settings = Settings { alone: false, ..world.service.settings().clone() };
    let (here, there) = (world.set(settings.clone()), world.set(settings));
    world.flow("holds", TWO_HOLDS).await;
    let started = crate::climates::call(&here, "holds", None, Some(Duration::ZERO)).await.unwrap();
    world.work.begun(1).await;
    let paused = there.pause(TENANT, started.execution.id).await.unwrap();
    assert_eq!(paused.state.current(), State::Paused);
    let killed = there.kill(TENANT, started.execution.id, true).await.unwrap();
    assert!(matches!(killed.state.current(), State::Killing | State::Killed), "{:?}", killed.state);
}
