//! Worker groups: an attempt runs where its task says, and the execution goes there with it.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use engine::execution::{Execution, State};
use ports::queue::Dispatch;
use service::{Part, Route, Service, Settings, WorkerGroups};

use crate::{
    climates::{answered, call, create, in_every_climate},
    world::{TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));

fn groups(part: Part) -> WorkerGroups {
    let all = BTreeSet::from(["gpu", "heavy"].map(str::to_owned));
    WorkerGroups { part, all, routes: Vec::new() }
}

/// A process of a deployment that has the groups `gpu` and `heavy`.
fn process(world: &World, part: Part) -> Service {
    world.set(Settings { groups: groups(part), ..world.service.settings().clone() })
}

fn of_group(name: &str) -> Part {
    Part::Group(name.to_owned())
}

/// The next message to the workers of that group; others may come twice.
async fn message_to(world: &World, group: Option<&str>) -> Dispatch {
    loop {
        let dispatch = world.queue.receive().await;
        if dispatch.group.as_deref() == group {
            return dispatch;
        }
    }
}

fn states(execution: &Execution) -> Vec<State> {
    execution.task_runs.iter().map(|it| it.state.current()).collect()
}

#[test]
fn an_execution_goes_where_its_tasks_belong_and_back() {
    in_every_climate(async |world| {
        let (anybody, gpu) = (process(&world, Part::Ungrouped), process(&world, of_group("gpu")));
        let tasks = "
inputs: [{ id: where, type: STRING, defaults: gpu }]
tasks:
  - { id: a, type: test.Work }
  - { id: b, type: test.Work, workerGroup: { key: '{{ inputs.where }}' } }
  - { id: c, type: test.Work }";
        create(&anybody, &format!("id: there\nnamespace: test\n{tasks}")).await;
        let caller = {
            let anybody = anybody.clone();
            tokio::spawn(async move { call(&anybody, "there", None, WAIT).await })
        };
        let there = message_to(&world, Some("gpu")).await;
        assert_eq!(world.work.started.load(Ordering::Relaxed), 1, "b runs nowhere else");
        answered(|| gpu.work(TENANT, there.execution)).await.unwrap();
        let back = message_to(&world, None).await;
        assert_eq!(world.work.started.load(Ordering::Relaxed), 2, "c belongs to nobody's group");
        answered(|| anybody.work(TENANT, back.execution)).await.unwrap();
        let started = caller.await.unwrap().unwrap();
        assert_eq!(started.execution.state.current(), State::Success);
        world.has_sent(2);
    });
}

#[test]
fn what_a_group_owes_beside_others_runs_in_turn() {
    in_every_climate(async |world| {
        let (gpu, heavy) = (process(&world, of_group("gpu")), process(&world, of_group("heavy")));
        let anybody = process(&world, Part::Ungrouped);
        let tasks = "
tasks:
  - id: all
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - { id: a, type: test.Work, workerGroup: { key: gpu } }
      - { id: b, type: test.Work }
      - { id: c, type: test.Work, workerGroup: { key: heavy } }
      - { id: d, type: test.Work, workerGroup: { key: gpu } }";
        create(&anybody, &format!("id: all\nnamespace: test\n{tasks}")).await;
        let id = call(&anybody, "all", None, None).await.unwrap().execution.id;
        world.lose_queue();
        for (service, started, next) in
            [(&anybody, 1, Some("gpu")), (&gpu, 3, Some("heavy")), (&heavy, 4, None)]
        {
            answered(|| service.work(TENANT, id)).await.unwrap();
            assert_eq!(world.work.started.load(Ordering::Relaxed), started);
            if let Some(next) = next {
                message_to(&world, Some(next)).await;
            }
        }
        assert_eq!(world.execution(id).await.state.current(), State::Success);
        world.has_sent(3);
    });
}

#[test]
fn types_are_routed_unless_a_task_names_a_group() {
    in_every_climate(async |world| {
        let route = Route { types: "test.*".to_owned(), group: "heavy".to_owned() };
        let routed = |part| {
            let groups = WorkerGroups { routes: vec![route.clone()], ..groups(part) };
            world.set(Settings { groups, ..world.service.settings().clone() })
        };
        let anybody = routed(Part::Ungrouped);
        let tasks =
            "tasks: [{ id: a, type: test.Work }, { id: b, type: test.Work, workerGroup: { key: gpu } }]";
        create(&anybody, &format!("id: routed\nnamespace: test\n{tasks}")).await;
        let id = call(&anybody, "routed", None, None).await.unwrap().execution.id;
        world.lose_queue();
        for (part, next) in
            [(Part::Ungrouped, Some("heavy")), (of_group("heavy"), Some("gpu")), (of_group("gpu"), None)]
        {
            let service = routed(part);
            answered(|| service.work(TENANT, id)).await.unwrap();
            if let Some(next) = next {
                message_to(&world, Some(next)).await;
            }
        }
        assert_eq!(world.execution(id).await.state.current(), State::Success);
    });
}

#[test]
fn a_lost_hand_over_is_found_by_the_clock() {
    in_every_climate(async |world| {
        let (anybody, gpu) = (process(&world, Part::Ungrouped), process(&world, of_group("gpu")));
        let tasks = "tasks: [{ id: a, type: test.Work, workerGroup: { key: gpu } }]";
        create(&anybody, &format!("id: lost\nnamespace: test\n{tasks}")).await;
        let id = call(&anybody, "lost", None, None).await.unwrap().execution.id;
        answered(|| anybody.work(TENANT, id)).await.unwrap();
        world.lose_queue();
        world.clock.advance(Duration::from_mins(5));
        assert_eq!(world.due().await, [(TENANT.to_owned(), id)]);
        answered(|| anybody.work(TENANT, id)).await.unwrap();
        message_to(&world, Some("gpu")).await;
        answered(|| gpu.work(TENANT, id)).await.unwrap();
        assert_eq!(world.execution(id).await.state.current(), State::Success);
    });
}

#[test]
fn a_group_there_is_not_fails_kills_or_waits() {
    in_every_climate(async |world| {
        let anybody = process(&world, Part::Ungrouped);
        let ends = async |fallback: &str| {
            let id = fallback.to_lowercase();
            let group = format!("workerGroup: {{ key: tpu, fallback: {fallback} }}");
            let tasks = format!("tasks: [{{ id: a, type: test.Work, {group} }}]");
            create(&anybody, &format!("id: {id}\nnamespace: test\n{tasks}")).await;
            let id = call(&anybody, &id, None, None).await.unwrap().execution.id;
            world.lose_queue();
            answered(|| anybody.work(TENANT, id)).await.unwrap();
            id
        };
        let failed = world.execution(ends("FAIL").await).await;
        assert_eq!((failed.state.current(), states(&failed)), (State::Failed, vec![State::Failed]));
        assert_eq!(failed.logs.last().unwrap().message, "No worker is available in the group 'tpu'");
        let killed = world.execution(ends("CANCEL").await).await;
        assert_eq!((killed.state.current(), states(&killed)), (State::Killed, vec![State::Killed]));
        let waits = ends("WAIT").await;
        for round in 1..=2 {
            let waiting = world.execution(waits).await;
            assert_eq!((waiting.state.current(), states(&waiting)), (State::Running, vec![State::Created]));
            let lines: Vec<_> = waiting.logs.iter().map(|it| it.message.as_str()).collect();
            assert_eq!(lines, ["No worker is available in the group 'tpu': waiting for one"], "{round}");
            assert!(world.queue.take_all().is_empty(), "nobody is told");
            world.clock.advance(Duration::from_mins(5));
            answered(|| anybody.work(TENANT, waits)).await.unwrap();
        }
        let all = BTreeSet::from(["tpu".to_owned()]);
        let groups = WorkerGroups { part: Part::Everything, all, routes: Vec::new() };
        let there = world.set(Settings { groups, ..Settings::default() });
        answered(|| there.work(TENANT, waits)).await.unwrap();
        assert_eq!(world.execution(waits).await.state.current(), State::Success, "there is one at last");
    });
}
