//! Starts under one key, at the same time and with deaths among them: one execution, whatever the strategy.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use engine::{execution::Origin, id::ExecutionId};
use service::{
    Error, ExecutionQuery, PageRequest, Service,
    conductor::{OnConflict, Seen, Until, WorkflowOutcome, WorkflowStart},
};
use tests::chance::Chance;
use tokio::task::JoinSet;

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::Hand,
    world::{LEASE, TENANT, World},
};

/// Starts at the same time.
const CALLS: usize = 200;
const HOLD: &str = "tasks: [{ id: work, type: test.Work, hold: true }]";
/// More than there are attempts at any time.
const ALL: usize = 100;

/// What the calls of one race were told.
#[derive(Debug, Default)]
struct Told {
    seen: BTreeSet<ExecutionId>,
    conflicts: BTreeSet<ExecutionId>,
    begun: usize,
}

impl Told {
    fn note(&mut self, outcome: Result<WorkflowOutcome, Error>) {
        match outcome.unwrap() {
            WorkflowOutcome::Seen(seen) => {
                self.begun += 1;
                self.seen.insert(seen.target.id);
            }
            WorkflowOutcome::Conflict(id) => {
                self.conflicts.insert(id);
            }
        }
    }

    /// The one execution that there was to see.
    fn only(&self) -> ExecutionId {
        let all: BTreeSet<ExecutionId> = self.seen.union(&self.conflicts).copied().collect();
        assert_eq!(all.len(), 1, "{self:?}");
        all.into_iter().next().unwrap()
    }
}

fn start(strategy: OnConflict, tasks: &[&str], at_most: Option<Duration>) -> WorkflowStart {
    let tasks = tasks.iter().map(|it| (*it).to_owned()).collect();
    WorkflowStart {
        name: "test.held".to_owned(),
        origin: Origin { idempotency_key: Some("key".to_owned()), ..Origin::default() },
        on_conflict: strategy,
        until: at_most.map(|at_most| Until { tasks, at_most }),
        ..WorkflowStart::default()
    }
}

/// Has processes start it all at once, half of the calls without waiting.
fn calls(
    services: &[Service],
    strategy: OnConflict,
    count: usize,
) -> JoinSet<Result<WorkflowOutcome, Error>> {
    let mut calls = JoinSet::new();
    for number in 0..count {
        let service = services[number % services.len()].clone();
        let at_most = (number % 4 < 2).then_some(Duration::from_millis(50));
        calls.spawn(async move {
            let start = start(strategy, &["nobody"], at_most);
            answered(|| service.start_workflow(TENANT, &start)).await
        });
    }
    calls
}

/// Two processes that live, and two of which each is killed by one of its questions to the store.
async fn race(world: &World, strategy: OnConflict, chance: &mut Chance) -> Told {
    let hands = [false, true].map(|after| Arc::new(Hand::new(after)));
    let doomed: Vec<Service> = hands.iter().map(|hand| world.mortal(hand)).collect();
    for hand in &hands {
        hand.kills_at(usize::try_from(chance.within(1..120)).unwrap());
    }
    let mut of_doomed = calls(&doomed, strategy, CALLS / 2);
    let mut of_others = calls(&[world.service.clone(), world.another()], strategy, CALLS / 2);
    let mut told = Told::default();
    while let Some(outcome) = of_others.join_next().await {
        told.note(outcome.unwrap());
    }
    while let Some(Ok(outcome)) = of_doomed.try_join_next() {
        told.note(outcome);
    }
    of_doomed.shutdown().await;
    told
}

/// How many executions of the flow there are.
async fn there_are(world: &World, count: usize) {
    let query = || ExecutionQuery { flow_id: Some("held".to_owned()), ..ExecutionQuery::default() };
    let mut total = 0;
    until(async || {
        let page = PageRequest { page: 1, size: 1_000 };
        let found = answered(|| world.service.search_executions(TENANT, query(), page)).await.unwrap();
        total = found.total;
        total >= count
    })
    .await;
    assert_eq!(total, count);
}

/// Brings it to its end, also when its holder is dead.
async fn end(world: &World, id: ExecutionId) {
    world.work.let_go.add_permits(ALL);
    world.clock.advance(LEASE);
    until(async || {
        world.lose_queue();
        for (tenant, id) in answered(|| world.service.due()).await.unwrap() {
            answered(|| world.service.work(&tenant, id)).await.unwrap();
        }
        world.execution(id).await.is_over()
    })
    .await;
    world.work.let_go.forget_permits(usize::MAX >> 4);
}

async fn starts_once(world: World, strategy: OnConflict) {
    world.flow("held", HOLD).await;
    let mut chance = Chance::new(strategy as u64 + 1);
    let told = race(&world, strategy, &mut chance).await;
    let first = told.only();
    there_are(&world, 1).await;
    if world.as_it_is && strategy == OnConflict::ReturnExisting {
        assert!(told.conflicts.is_empty());
    }
    if world.as_it_is && strategy != OnConflict::ReturnExisting {
        assert!(told.begun <= 1, "{told:?}");
    }
    end(&world, first).await;
    let mut last = first;
    if strategy == OnConflict::FailOnRunning {
        for generation in 2..=3 {
            let next = race(&world, strategy, &mut chance).await.only();
            assert_ne!(next, last);
            there_are(&world, generation).await;
            end(&world, next).await;
            last = next;
        }
    }
    // One that has ended is known as well.
    let known = race(&world, OnConflict::ReturnExisting, &mut chance).await;
    assert_eq!((known.only(), known.conflicts.len()), (last, 0));
    let known = race(&world, OnConflict::Fail, &mut chance).await;
    assert_eq!((known.only(), known.seen.len()), (last, 0));
}

#[test]
fn what_fails_on_a_conflict_starts_once() {
    in_every_climate(async |world| starts_once(world, OnConflict::Fail).await);
}

#[test]
fn what_returns_the_existing_one_starts_once() {
    in_every_climate(async |world| starts_once(world, OnConflict::ReturnExisting).await);
}

#[test]
fn what_fails_while_one_runs_starts_once_each_time() {
    in_every_climate(async |world| starts_once(world, OnConflict::FailOnRunning).await);
}

#[test]
fn one_of_many_begins_it_and_all_others_are_refused() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let mut calls = calls(&[world.service.clone(), world.another()], OnConflict::Fail, CALLS);
        let mut told = Told::default();
        while let Some(outcome) = calls.join_next().await {
            told.note(outcome.unwrap());
        }
        told.only();
        // Where an answer was lost, whoever repeats is refused by his own.
        assert!(told.begun == 1 || (!world.as_it_is && told.begun == 0), "{told:?}");
    });
}

fn seen(outcome: WorkflowOutcome) -> Seen {
    match outcome {
        WorkflowOutcome::Seen(seen) => *seen,
        WorkflowOutcome::Conflict(id) => panic!("a conflict with {id}"),
    }
}

#[test]
fn who_returns_the_existing_one_hears_of_its_end() {
    in_every_climate(async |world| {
        world.flow("held", HOLD).await;
        let mut calls = JoinSet::new();
        for service in [world.service.clone(), world.another()] {
            for _ in 0..8 {
                let service = service.clone();
                let start = start(OnConflict::ReturnExisting, &[], Some(Duration::from_mins(1)));
                calls.spawn(async move { answered(|| service.start_workflow(TENANT, &start)).await });
            }
        }
        world.work.begun(1).await;
        world.work.let_go.add_permits(1);
        while let Some(outcome) = calls.join_next().await {
            let seen = seen(outcome.unwrap().unwrap());
            assert!(seen.target.is_over() && !seen.timed_out, "{seen:?}");
        }
        there_are(&world, 1).await;
    });
}

#[test]
fn a_function_that_answers_early_leaves_nothing_running() {
    in_every_climate(async |world| {
        let first = "{ id: a, type: io.kestra.plugin.core.debug.Return, format: a }";
        world.flow("held", &format!("tasks: [{first}, {{ id: b, type: test.Work, hold: true }}]")).await;
        let service = world.told();
        let start = start(OnConflict::ReturnExisting, &["a"], Some(Duration::from_mins(1)));
        let seen = seen(answered(|| service.start_workflow(TENANT, &start)).await.unwrap());
        assert!(!seen.target.is_over() && !seen.timed_out);
        let id = seen.target.id;
        let left = world.execution(id).await;
        let running = left.task_runs.iter().flat_map(|it| &it.attempts).filter(|it| !it.state.is_terminal());
        assert_eq!(running.count(), 0, "what ran here was stopped and written down: {left:?}");
        world.work.let_go.add_permits(1);
        until(async || {
            world.work_queue().await;
            world.execution(id).await.is_over()
        })
        .await;
    });
}
