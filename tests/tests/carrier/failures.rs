//! The workflow that follows one that failed: one for each end, whoever dies on the way.

use std::sync::Arc;

use engine::{
    execution::{Execution, State},
    id::ExecutionId,
    machine::FAILURE_WORKFLOW,
};
use serde_json::{Map, Value as Json, json};
use service::{
    ExecutionQuery, PageRequest, Service,
    conductor::{OnExisting, WorkflowOutcome, WorkflowStart},
};

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::{Hand, killed_while},
    world::{LEASE, TENANT, World},
};

/// More questions than the end of a workflow and the beginning of what follows it ask.
const QUESTIONS: usize = 14;

async fn register(world: &World, definition: &Json) {
    let source = definition.to_string();
    answered(|| world.service.register_definition(TENANT, &source, OnExisting::Overwrite)).await.unwrap();
}

/// Waits an hour, and fails.
async fn fails(world: &World) {
    let wait = json!({ "name": "w", "taskReferenceName": "w", "type": "WAIT",
        "inputParameters": { "duration": "1 hours" } });
    let script = json!({ "name": "x", "taskReferenceName": "x", "type": "INLINE",
        "inputParameters": { "expression": "throw new Error('no')" } });
    register(world, &json!({ "name": "fails", "tasks": [wait, script], "failureWorkflow": "mends" })).await;
    let mend = json!({ "name": "m", "taskReferenceName": "m", "type": "NOOP" });
    register(world, &json!({ "name": "mends", "tasks": [mend] })).await;
}

async fn started(world: &World) -> ExecutionId {
    let start = WorkflowStart { name: "fails".to_owned(), input: Map::new(), ..WorkflowStart::default() };
    match answered(|| world.service.start_workflow(TENANT, &start)).await.unwrap() {
        WorkflowOutcome::Seen(seen) => seen.target.id,
        WorkflowOutcome::Conflict(id) => panic!("a conflict with {id}"),
    }
}

/// Processes that know nothing of it carry on what is due.
async fn settle(world: &World) {
    world.lose_queue();
    world.clock.advance(LEASE);
    let another = world.another();
    for (tenant, id) in answered(|| another.due()).await.unwrap() {
        answered(|| another.work(&tenant, id)).await.unwrap();
    }
}

async fn all_of(service: &Service, flow: &str) -> Vec<Execution> {
    let query = || ExecutionQuery { flow_id: Some(flow.to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 1_000 };
    answered(|| service.search_executions(TENANT, query(), page)).await.unwrap().results
}

#[test]
fn an_end_has_one_follower_whoever_dies() {
    in_every_climate(async |world| {
        fails(&world).await;
        let mut ended = 0;
        for after in [false, true] {
            let hand = Arc::new(Hand::new(after));
            for at in 1..=QUESTIONS {
                let id = started(&world).await;
                world.work_queue().await;
                world.clock.advance(LEASE);
                let doomed = world.mortal(&hand);
                Box::pin(killed_while(&hand, at, doomed.work(TENANT, id))).await;
                until(async || {
                    settle(&world).await;
                    world.execution(id).await.is_over()
                })
                .await;
                ended += 1;
                let failed = world.execution(id).await;
                assert_eq!(failed.state.current(), State::Failed);
                let named = failed.outputs.unwrap()[FAILURE_WORKFLOW].as_str().unwrap().to_owned();
                let follower = named.parse().unwrap();
                until(async || {
                    settle(&world).await;
                    world.execution(follower).await.is_over()
                })
                .await;
                let follower = world.execution(follower).await;
                assert_eq!(follower.state.current(), State::Success);
                assert_eq!(follower.inputs["workflowId"], json!(id));
            }
        }
        // The index may lag, and never lists what there is not.
        until(async || {
            settle(&world).await;
            let found = all_of(&world.service, "mends").await.len();
            assert!(found <= ended, "{found} for {ended}");
            found == ended
        })
        .await;
    });
}

#[tokio::test]
async fn it_goes_with_the_commit_of_the_end() {
    let world = World::new();
    fails(&world).await;
    let id = started(&world).await;
    world.work_queue().await;
    world.clock.advance(LEASE);
    let before = world.counts();
    world.service.work(TENANT, id).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!((cost.commits, cost.puts), (1, 2), "the end, and what follows it: {cost:?}");
    assert_eq!(world.work_queue().await, 1, "it is called at once");
    assert_eq!(all_of(&world.service, "mends").await[0].state.current(), State::Success);
}
