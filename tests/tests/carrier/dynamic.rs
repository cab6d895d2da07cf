//! Steps that come with an execution: whoever takes it up after a death has the same ones.

use std::{sync::Arc, time::Duration};

use engine::{
    conductor::{TaskId, reference},
    execution::{Execution, State},
    id::ExecutionId,
};
use serde_json::{Map, Value as Json, json};
use service::{
    Poll, TaskUpdate, WorkerSays,
    conductor::{OnExisting, WorkflowOutcome, WorkflowStart},
};

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::{Deadly, Hand, killed_while},
    world::{TENANT, World},
};

/// Two rounds, with a branch for a worker in the first and two in the second, and a task that is named by its input.
fn forks() -> Json {
    let list = "[...Array($.n).keys()].map(i => ({round: $.n, number: i}))";
    json!({"name": "forks", "version": 1, "timeoutSeconds": 0, "tasks": [{
        "name": "loop", "taskReferenceName": "loop", "type": "DO_WHILE", "loopCondition": "$.loop['iteration'] < 2",
        "loopOver": [
            {"name": "make", "taskReferenceName": "make", "type": "INLINE",
                "inputParameters": {"expression": list, "n": "${loop.output.iteration}"}},
            {"name": "fork", "taskReferenceName": "fork", "type": "FORK_JOIN_DYNAMIC",
                "inputParameters": {"forkTaskName": "greet", "forkTaskInputs": "${make.output.result}"}},
            {"name": "join", "taskReferenceName": "join", "type": "JOIN"},
            {"name": "what", "taskReferenceName": "what", "type": "DYNAMIC", "dynamicTaskNameParam": "task",
                "inputParameters": {"task": "greet", "round": "${loop.output.iteration}", "number": 9}},
        ],
    }]})
}

async fn started(world: &World) -> ExecutionId {
    let source = forks().to_string();
    let register = || world.service.register_definition(TENANT, &source, OnExisting::Overwrite);
    answered(register).await.unwrap();
    let start = WorkflowStart { name: "forks".to_owned(), ..WorkflowStart::default() };
    match answered(|| world.service.start_workflow(TENANT, &start)).await.unwrap() {
        WorkflowOutcome::Seen(seen) => seen.target.id,
        WorkflowOutcome::Conflict(_) => panic!("it has no key"),
    }
}

/// What the worker says: its input.
async fn polled(world: &World) -> Option<TaskUpdate> {
    let poll = Poll { task_type: "greet".to_owned(), count: 1, ..Poll::default() };
    let seen = answered(|| async { world.service.poll(TENANT, &poll).await }).await.unwrap().pop()?;
    let run = seen.execution.task_runs.get(seen.task.task_run).unwrap();
    let given = &run.input.as_ref().unwrap();
    let outputs: Map<String, Json> =
        ["round", "number"].iter().map(|it| ((*it).to_owned(), given[*it].clone())).collect();
    Some(update(seen.task, outputs))
}

fn update(task: TaskId, outputs: Map<String, Json>) -> TaskUpdate {
    TaskUpdate { task, says: WorkerSays::Completed, outputs, reason: None, worker: None, logs: Vec::new() }
}

async fn settled(world: &World, id: ExecutionId) {
    world.work_queue().await;
    answered(|| world.service.work(TENANT, id)).await.unwrap();
}

/// Every task in its round, with what came of it.
fn shown(execution: &Execution) -> Vec<String> {
    let runs = &execution.task_runs;
    let ended = runs.iter().filter(|run| run.worker.is_some());
    let mut all: Vec<_> =
        ended.map(|run| format!("{} {}", reference(run, runs), json!(run.outputs))).collect();
    all.sort();
    all
}

fn check(execution: &Execution, context: &str) {
    assert_eq!(execution.state.current(), State::Success, "{context}");
    let expected = [
        r#"_greet_0__1 {"round":1,"number":0}"#,
        r#"_greet_0__2 {"round":2,"number":0}"#,
        r#"_greet_1__2 {"round":2,"number":1}"#,
        r#"what__1 {"round":1,"number":9}"#,
        r#"what__2 {"round":2,"number":9}"#,
    ];
    assert_eq!(shown(execution), expected, "{context}");
    assert_eq!(execution.task_runs.len(), 12, "{context}");
}

#[tokio::test]
async fn whoever_dies_on_the_way_leaves_the_same_steps() {
    for after in [false, true] {
        // Who dies: whoever carries it first, and whoever takes the nth report.
        for victim in 0..6 {
            for at in 1.. {
                let hand = Arc::new(Hand::new(after));
                let between = Arc::clone(&hand);
                let world = World::over(move |inner| Arc::new(Deadly { inner, hand: between }));
                let context = format!("killed {after} {victim} at {at}");
                let id = started(&world).await;
                let doomed = world.another();
                let mut died = false;
                if victim == 0 {
                    died = Box::pin(killed_while(&hand, at, doomed.work(TENANT, id))).await;
                    world.clock.advance(Duration::from_mins(2));
                }
                for report in 1..=5 {
                    settled(&world, id).await;
                    let told = polled(&world)
                        .await
                        .unwrap_or_else(|| panic!("{context}: nothing for report {report}"));
                    if victim == report {
                        died = killed_while(&hand, at, doomed.update_task(TENANT, told.clone())).await;
                    }
                    // A repeated report is none.
                    answered(|| world.service.update_task(TENANT, told.clone())).await.unwrap();
                    if victim == report {
                        world.clock.advance(Duration::from_mins(2));
                    }
                }
                settled(&world, id).await;
                check(&world.execution(id).await, &context);
                if !died {
                    assert!(at > 1, "{context}: nobody asks the store");
                    break;
                }
            }
        }
    }
}

#[test]
fn weak_stores_and_lost_messages_change_no_step() {
    in_every_climate(async |world| {
        let id = started(&world).await;
        until(async || {
            settled(&world, id).await;
            if let Some(told) = polled(&world).await {
                answered(|| world.service.update_task(TENANT, told.clone())).await.unwrap();
            } else if !world.as_it_is {
                // Where an answer was lost the claim may stand, and its time has to pass.
                world.clock.advance(Duration::from_mins(61));
                let _ = answered(|| world.service.tick()).await;
            }
            world.execution(id).await.state.is_terminal()
        })
        .await;
        let ended = world.execution(id).await;
        if ended.task_runs.iter().all(|run| run.attempts.len() < 2) {
            check(&ended, "in some climate");
        }
    });
}
