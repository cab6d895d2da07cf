//! Executions that start executions: what they cost, and that no end is lost on the way to the parent.

mod items;

use std::{sync::atomic::Ordering, time::Duration};

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
};
use service::Settings;

use crate::{
    climates::{answered, call, in_every_climate, until},
    world::{LEASE, TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const PURE: &str = r#"
inputs: [{ id: name, type: STRING, defaults: nobody }]
tasks: [{ id: hello, type: io.kestra.plugin.core.debug.Return, format: "hello {{ inputs.name }}" }]
outputs: [{ id: text, type: STRING, value: "{{ outputs.hello.value }}" }]
"#;
const HELD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";

/// A flow whose one task calls another.
fn calls(flow: &str, properties: &str) -> String {
    format!(
        "tasks: [{{ id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: test, flowId: {flow}{properties} }}]"
    )
}

/// The child of the last attempt.
fn child_of(execution: &Execution) -> ExecutionId {
    let run = execution.task_runs.iter().next().unwrap();
    run.outputs["executionId"].as_str().unwrap().parse().unwrap()
}

/// A process that carries one execution and no more: children are dispatched.
fn narrow(world: &World) -> service::Service {
    world.set(Settings { carried_max: 1, ..world.service.settings().clone() })
}

/// The execution once it has ended: where something goes wrong, leases end and what is due is worked on meanwhile.
async fn ended(world: &World, id: ExecutionId) -> Execution {
    until(async || {
        world.work_queue().await;
        if !world.as_it_is {
            world.clock.advance(LEASE);
            for (tenant, id) in answered(|| world.service.due()).await.unwrap() {
                answered(|| world.service.work(&tenant, id)).await.unwrap();
            }
        }
        world.execution(id).await.state.is_terminal()
    })
    .await;
    world.execution(id).await
}

#[tokio::test]
async fn a_call_of_a_pure_flow_costs_two_writes_of_the_parent_and_one_of_the_child() {
    let world = World::new();
    world.flow("child", PURE).await;
    world.flow("parent", &calls("child", ", inputs: { name: you }")).await;
    let before = world.counts();
    let started = world.call("parent", WAIT).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!(started.execution.state.current(), State::Success, "{:?}", started.execution);
    let run = started.execution.task_runs.iter().next().unwrap();
    assert_eq!(run.outputs["outputs"]["text"], "hello you");
    assert_eq!(run.outputs["state"], "SUCCESS");
    assert_eq!(run.attempts.len(), 1);
    assert_eq!((cost.commits, cost.puts, cost.lists), (3, 3, 0), "{cost:?}");
    assert_eq!(world.messages(), 0);
    let child = world.execution(child_of(&started.execution)).await;
    let trigger = child.trigger.unwrap();
    assert_eq!((trigger.id.as_str(), child.inputs["name"].as_str()), ("call", Some("you")));
    assert_eq!(trigger.variables["executionId"], started.execution.id.to_string());
    let correlation = |labels: &[engine::flow::Label]| {
        labels.iter().find(|it| it.key == "system.correlationId").map(|it| it.value.clone())
    };
    assert_eq!(correlation(&child.labels), Some(started.execution.id.to_string()));
}

#[test]
fn a_child_that_works_is_carried_beside_its_parent() {
    in_every_climate(async |world| {
        world.flow("child", "tasks: [{ id: a, type: test.Work }, { id: b, type: test.Work }]").await;
        world.flow("parent", &calls("child", "")).await;
        let before = world.counts();
        let started = world.call("parent", WAIT).await.unwrap();
        assert_eq!(started.execution.state.current(), State::Success);
        assert_eq!(world.work.started.load(Ordering::Relaxed), 2);
        let cost = world.counts().since(before);
        // Of the parent: planned, begun, ended. Of the child: begun, and one more than it has tasks. A child that is faster
        // than its parent's next commit saves that of having begun.
        assert!(!world.as_it_is || matches!(cost.puts, 6 | 7), "{cost:?}");
        world.has_sent(0);
    });
}

#[test]
fn a_child_elsewhere_tells_its_parent_which_was_let_go() {
    in_every_climate(async |world| {
        world.flow("child", HELD).await;
        world.flow("parent", &calls("child", "")).await;
        let id = call(&narrow(&world), "parent", None, Some(Duration::ZERO)).await.unwrap().execution.id;
        until(async || world.execution(id).await.state.current() == State::Running).await;
        let dispatch = world.queue.receive().await;
        assert_eq!(dispatch.execution, child_of(&world.execution(id).await));
        let child = dispatch.execution;
        let carrying = tokio::spawn({
            let another = world.another();
            async move { answered(|| another.work(TENANT, child)).await }
        });
        world.work.begun(1).await;
        world.work.let_go.add_permits(3);
        carrying.await.unwrap().unwrap();
        assert_eq!(ended(&world, id).await.state.current(), State::Success);
        assert!(!world.as_it_is || world.beside(id, "signal/") == 0, "what was told is removed");
    });
}

/// A parent that was let go while its child ran elsewhere, and the child, which has ended.
async fn untold(world: &World) -> (ExecutionId, ExecutionId) {
    world.flow("child", "tasks: [{ id: work, type: test.Work }]").await;
    world.flow("parent", &calls("child", "")).await;
    let id = call(&narrow(world), "parent", None, Some(Duration::ZERO)).await.unwrap().execution.id;
    let child = world.queue.receive().await.execution;
    until(async || world.service.due().await.unwrap().is_empty()).await;
    (id, child)
}

#[tokio::test]
async fn a_parent_that_nobody_tells_looks_for_itself() {
    let world = World::over(|inner| std::sync::Arc::new(crate::calls::deaf::Deaf { inner }));
    let (id, child) = untold(&world).await;
    world.another().work(TENANT, child).await.unwrap();
    assert_eq!(world.beside(id, "signal/"), 0, "the teller died");
    assert_eq!(world.messages(), 1, "and sent nothing");
    assert_eq!(world.execution(id).await.state.current(), State::Running);
    world.clock.advance(Duration::from_mins(1));
    let before = world.counts();
    for (tenant, due) in world.due().await {
        world.service.work(&tenant, due).await.unwrap();
    }
    assert_eq!(world.execution(id).await.state.current(), State::Success);
    assert_eq!(world.counts().since(before).puts, 1);
    assert_eq!(world.service.next_due().await.unwrap(), None, "nothing is owed at the end");
}

#[tokio::test]
async fn a_parent_whose_child_goes_on_looks_less_and_less_often() {
    let world = World::new();
    let (id, _) = untold(&world).await;
    let mut pauses = Vec::new();
    for _ in 0..7 {
        let at = world.service.next_due().await.unwrap().unwrap();
        let pause = at.since(ports::clock::Clock::now(&*world.clock));
        pauses.push(pause.as_secs());
        world.clock.advance(pause);
        world.service.work(TENANT, id).await.unwrap();
    }
    // The child's own hand-over comes first; it is still not taken up.
    assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1] || pair[0] == 10), "{pauses:?}");
    assert!(pauses.iter().all(|pause| *pause <= 16 * 60), "{pauses:?}");
}

#[tokio::test]
async fn an_end_that_is_told_again_changes_nothing() {
    let world = World::new();
    let (id, child) = untold(&world).await;
    world.another().work(TENANT, child).await.unwrap();
    let change = world.last_change(child);
    assert_eq!(world.beside(id, "signal/"), 1);
    world.service.react(&change).await.unwrap();
    world.service.react(&change).await.unwrap();
    assert_eq!(world.beside(id, "signal/"), 1, "the same signal");
    world.work_queue().await;
    let execution = world.execution(id).await;
    assert_eq!(execution.state.current(), State::Success);
    assert_eq!(world.beside(id, "signal/"), 0);
    let before = world.counts();
    world.service.react(&change).await.unwrap();
    assert_eq!(world.counts().since(before).commits, 0, "nobody waits any more");
    assert_eq!(world.execution(id).await, execution);
}

#[test]
fn a_kill_of_the_parent_is_one_of_the_child() {
    in_every_climate(async |world| {
        world.flow("child", HELD).await;
        world.flow("parent", &calls("child", "")).await;
        let id = world.call("parent", Some(Duration::ZERO)).await.unwrap().execution.id;
        world.work.begun(1).await;
        let child = child_of(&world.execution(id).await);
        answered(|| world.service.kill(TENANT, id, true)).await.unwrap();
        assert_eq!(ended(&world, id).await.state.current(), State::Killed);
        assert_eq!(ended(&world, child).await.state.current(), State::Killed);
        assert!(!world.as_it_is || world.work.stopped.load(Ordering::Relaxed) == 1);
    });
}

#[tokio::test]
async fn a_kill_after_the_end_reaches_the_children_that_nobody_waits_for() {
    let world = World::new();
    world.flow("child", HELD).await;
    world.flow("parent", &calls("child", ", wait: false")).await;
    let started = world.call("parent", WAIT).await.unwrap();
    assert_eq!(started.execution.state.current(), State::Success);
    let run = started.execution.task_runs.iter().next().unwrap();
    assert_eq!(run.outputs["state"], "CREATED");
    let child = child_of(&started.execution);
    assert!(world.service.kill(TENANT, started.execution.id, false).await.is_err());
    assert!(!world.execution(child).await.state.is_terminal());
    world.service.kill(TENANT, started.execution.id, true).await.unwrap();
    world.work_queue().await;
    assert_eq!(world.execution(child).await.state.current(), State::Killed);
    assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn what_is_wrong_with_a_call_fails_its_task() {
    let world = World::new();
    world.flow("strict", "inputs: [{ id: number, type: INT }]\ntasks: [{ id: t, type: test.Work }]").await;
    world.flow("off", "disabled: true\ntasks: [{ id: t, type: test.Work }]").await;
    let said = async |id: &str, body: &str| {
        world.flow(id, body).await;
        let execution = world.call(id, WAIT).await.unwrap().execution;
        assert_eq!(execution.state.current(), State::Failed, "{id}");
        assert_eq!(execution.task_runs.iter().next().unwrap().attempts.len(), 1);
        execution.logs.last().unwrap().message.clone()
    };
    let unknown = said("a", &calls("missing", "")).await;
    assert_eq!(unknown, "Unable to find flow 'test'.'missing' with revision '0'");
    let unknown = said("b", &calls("strict", ", revision: 7")).await;
    assert_eq!(unknown, "Unable to find flow 'test'.'strict' with revision '7'");
    assert_eq!(said("c", &calls("off", "")).await, "Cannot execute a flow which is disabled");
    let inputs = said("d", &calls("strict", ", inputs: { number: many }")).await;
    assert!(inputs.contains("Invalid input for `number`"), "{inputs}");
    let rendered = said("e", &calls("strict", ", inputs: { number: '{{ nothing }}' }")).await;
    assert!(rendered.contains("nothing"), "{rendered}");
    assert_eq!(world.work.started.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn outputs_of_the_task_see_the_child_when_its_flow_has_none() {
    let world = World::new();
    let child = "tasks: [{ id: hello, type: io.kestra.plugin.core.debug.Return, format: hi }]";
    world.flow("child", child).await;
    world.flow("parent", &calls("child", ", outputs: { said: '{{ outputs.hello.value }}' }")).await;
    world.flow("wrong", &calls("child", ", outputs: { said: '{{ outputs.no.value }}' }")).await;
    let outputs = world.call("parent", WAIT).await.unwrap().execution;
    assert_eq!(outputs.task_runs.iter().next().unwrap().outputs["outputs"]["said"], "hi");
    let wrong = world.call("wrong", WAIT).await.unwrap().execution;
    assert_eq!(wrong.state.current(), State::Failed);
    assert_eq!(wrong.task_runs.iter().next().unwrap().outputs["state"], "SUCCESS");
}

#[tokio::test]
async fn each_try_of_a_call_is_another_child() {
    let world = World::new();
    world.flow("child", "tasks: [{ id: f, type: io.kestra.plugin.core.execution.Fail }]").await;
    let retry = ", retry: { type: constant, interval: PT1M, maxAttempt: 2 }";
    world.flow("parent", &calls("child", retry)).await;
    let started = world.call("parent", Some(Duration::ZERO)).await.unwrap();
    let id = started.execution.id;
    until(async || world.execution(id).await.state.current() == State::Retrying).await;
    let first = child_of(&world.execution(id).await);
    world.clock.advance(Duration::from_mins(1));
    for (tenant, due) in world.due().await {
        world.service.work(&tenant, due).await.unwrap();
    }
    let execution = world.execution(id).await;
    assert_eq!(execution.state.current(), State::Failed);
    assert_eq!(execution.task_runs.iter().next().unwrap().attempts.len(), 2);
    assert_ne!(child_of(&execution), first);
}

#[tokio::test]
async fn a_failed_execution_is_followed_by_another_as_often_as_its_flow_says() {
    let world = World::new();
    let body = "
inputs: [{ id: name, type: STRING, defaults: you }]
retry: { type: constant, interval: PT1M, maxAttempt: 3, behavior: CREATE_NEW_EXECUTION }
tasks: [{ id: f, type: io.kestra.plugin.core.execution.Fail }]";
    world.flow("fails", body).await;
    world.flow("parent", &calls("fails", "")).await;
    let id = world.call("parent", Some(Duration::ZERO)).await.unwrap().execution.id;
    let first = child_of(&world.execution(id).await);
    let state = async || Some(world.service.execution(TENANT, first).await.ok()?.state.current());
    until(async || state().await == Some(State::Retried)).await;
    for _ in 0..2 {
        world.clock.advance(Duration::from_mins(1));
        for (tenant, due) in world.due().await {
            world.service.work(&tenant, due).await.unwrap();
        }
    }
    world.work_queue().await;
    let parent = world.execution(id).await;
    assert_eq!(parent.state.current(), State::Failed, "{parent:?}");
    let last = world.execution(child_of(&parent)).await;
    assert_eq!((last.state.current(), last.metadata.attempt_number), (State::Failed, 3));
    assert_eq!((last.original_id, last.inputs["name"].as_str()), (first, Some("you")));
    let second = world.execution(last.parent_id.unwrap()).await;
    assert_eq!((second.state.current(), second.parent_id), (State::Retried, Some(first)));
    assert_eq!(second.metadata.original_created_date, last.metadata.original_created_date);
}

/// A store that loses what is told.
mod deaf {
    use std::sync::Arc;

    use engine::time::Timestamp;
    use ports::{
        Answer,
        store::{Due, Error, Item, Key, Listed, Range, Store, Write},
    };

    #[derive(Debug)]
    pub(super) struct Deaf {
        pub(super) inner: Arc<dyn Store>,
    }

    impl Store for Deaf {
        fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Result<Option<Item>, Error>> {
            self.inner.get(key)
        }

        fn query<'a>(&'a self, partition: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Item>, Error>> {
            self.inner.query(partition, range)
        }

        fn list<'a>(&'a self, list: &'a str, range: Range<'a>) -> Answer<'a, Result<Vec<Listed>, Error>> {
            self.inner.list(list, range)
        }

        fn due(&self, now: Timestamp, limit: usize) -> Answer<'_, Result<Vec<Due>, Error>> {
            self.inner.due(now, limit)
        }

        fn next_due(&self) -> Answer<'_, Result<Option<Timestamp>, Error>> {
            self.inner.next_due()
        }

        fn commit(&self, writes: Vec<Write>) -> Answer<'_, Result<(), Error>> {
            let told = writes
                .iter()
                .any(|write| matches!(write, Write::Put { key, .. } if key.sort.starts_with("signal/")));
            if told {
                let message = "on purpose".to_owned();
                return Box::pin(std::future::ready(Err(Error::Unavailable { message, retry_after: None })));
            }
            self.inner.commit(writes)
        }
    }
}
