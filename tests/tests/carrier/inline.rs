//! Definitions that come with a start: whoever dies on the way, one execution runs the one definition to its end.

use std::sync::Arc;

use engine::{
    execution::{Origin, State},
    id::ExecutionId,
};
use serde_json::{Map, Value as Json, json};
use service::{
    Error, ExecutionQuery, PageRequest, Service,
    conductor::{OnConflict, WorkflowOutcome, WorkflowStart},
};

use crate::{
    climates::{answered, in_every_climate, until},
    deadly::{Hand, killed_while},
    world::{LEASE, TENANT, World},
};

/// More questions than a start asks.
const QUESTIONS: usize = 8;

fn map(json: Json) -> Map<String, Json> {
    serde_json::from_value(json).unwrap()
}

/// Waits an hour between two scripts, and says what both gave.
fn definition(text: &str) -> Json {
    let script = |name: &str| {
        json!({ "name": name, "taskReferenceName": name, "type": "INLINE",
            "inputParameters": { "expression": format!("'{text} {name}'") } })
    };
    let wait = json!({ "name": "w", "taskReferenceName": "w", "type": "WAIT",
        "inputParameters": { "duration": "1 hours" } });
    json!({ "name": "adhoc", "tasks": [script("a"), wait, script("b")],
        "outputParameters": { "both": "${a.output.result}, ${b.output.result}" } })
}

fn start(key: &str, text: &str) -> WorkflowStart {
    WorkflowStart {
        name: "adhoc".to_owned(),
        definition: Some(map(definition(text))),
        origin: Origin { idempotency_key: Some(key.to_owned()), ..Origin::default() },
        on_conflict: OnConflict::ReturnExisting,
        ..WorkflowStart::default()
    }
}

async fn started(service: &Service, start: &WorkflowStart) -> ExecutionId {
    match answered(|| service.start_workflow(TENANT, start)).await.unwrap() {
        WorkflowOutcome::Seen(seen) => seen.target.id,
        WorkflowOutcome::Conflict(id) => panic!("a conflict with {id}"),
    }
}

async fn there_are(world: &World) -> usize {
    let query = || ExecutionQuery { flow_id: Some("adhoc".to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 1_000 };
    answered(|| world.service.search_executions(TENANT, query(), page)).await.unwrap().total
}

/// Brings it to its end by processes that know nothing of it, each for one step.
async fn end(world: &World, id: ExecutionId) {
    until(async || {
        world.lose_queue();
        world.clock.advance(LEASE);
        let another = world.another();
        for (tenant, id) in answered(|| another.due()).await.unwrap() {
            answered(|| another.work(&tenant, id)).await.unwrap();
        }
        world.execution(id).await.is_over()
    })
    .await;
}

#[test]
fn a_start_that_died_is_found_again_with_its_definition() {
    in_every_climate(async |world| {
        for after in [false, true] {
            let hand = Arc::new(Hand::new(after));
            for at in 1..=QUESTIONS {
                let key = format!("{after} {at}");
                let first = start(&key, "first");
                let doomed = world.mortal(&hand);
                killed_while(&hand, at, doomed.start_workflow(TENANT, &first)).await;
                // Whoever repeats it with another definition gets the one there is, or begins that one.
                let again = start(&key, "second");
                let id = started(&world.another(), &again).await;
                assert_eq!(started(&world.another(), &first).await, id);
                end(&world, id).await;
                let ended = world.execution(id).await;
                assert_eq!(ended.state.current(), State::Success);
                let both = ended.outputs.unwrap()["both"].as_str().unwrap().to_owned();
                assert!(["first a, first b", "second a, second b"].contains(&&*both), "{both}");
                assert_eq!(world.beside(id, "definition"), 1);
                // Where an answer was lost it may be gone when it is asked for again.
                let gone = answered(|| world.service.delete_execution(TENANT, id, true)).await;
                assert!(matches!(gone, Ok(()) | Err(Error::NotFound(_))), "{gone:?}");
                assert_eq!(world.beside(id, "definition"), 0);
            }
        }
        until(async || there_are(&world).await == 0).await;
    });
}

#[tokio::test]
async fn a_definition_costs_one_item_and_is_read_by_those_who_do_not_know_it() {
    let world = World::new();
    let before = world.counts();
    let id = started(&world.service, &start("key", "only")).await;
    let cost = world.counts().since(before);
    assert_eq!((cost.commits, cost.puts), (1, 2), "the execution and its definition: {cost:?}");
    world.work_queue().await;
    end(&world, id).await;
    assert_eq!(world.execution(id).await.outputs.unwrap()["both"], "only a, only b");
}
