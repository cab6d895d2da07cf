//! Executions that start because others entered a state.

use std::time::Duration;

use engine::execution::{Execution, State};
use service::{ExecutionQuery, PageRequest};

use crate::{
    climates::{answered, in_every_climate, until},
    world::{TENANT, World},
};

const WAIT: Option<Duration> = Some(Duration::from_mins(1));
const PURE: &str =
    "tasks: [{ id: only, type: io.kestra.plugin.core.debug.Return, format: 'from {{ execution.id }}' }]";

async fn executions_of(world: &World, flow: &str) -> Vec<Execution> {
    let query = ExecutionQuery { flow_id: Some(flow.to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 100 };
    let mut found = world.service.search_executions(TENANT, query, page).await.unwrap().results;
    found.sort_by_key(|it| it.state.first().date);
    found
}

fn listener(rest: &str) -> String {
    format!(
        "tasks: [{{ id: only, type: io.kestra.plugin.core.debug.Return, format: \"{{{{ inputs.given ?? 'nothing' }}}}\" }}]\n\
         triggers:\n  - id: listen\n    type: io.kestra.plugin.core.trigger.Flow\n{rest}"
    )
}

const OF_UP: &str = "    conditions:
      - { type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: test, flowId: up }
";

#[tokio::test]
async fn nobody_who_listens_costs_nothing() {
    let world = World::new();
    world.flow("up", PURE).await;
    let before = world.counts();
    world.call("up", WAIT).await.unwrap();
    let cost = world.counts().since(before);
    assert_eq!((cost.commits, cost.gets, cost.queries), (1, 0, 0), "{cost:?}");
}

#[tokio::test]
async fn an_end_starts_an_execution_once_however_often_it_is_told() {
    let world = World::new();
    let inputs = "    inputs:\n      given: '{{ outputs.only.value }}'\n";
    world.flow("up", PURE).await;
    world.call("up", WAIT).await.unwrap();
    world.flow("down", &listener(&format!("{OF_UP}{inputs}"))).await;
    world.flow("other", PURE).await;
    world.call("other", WAIT).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 0, "neither older ends nor those of other flows");
    world.clock.advance(Duration::from_millis(1));
    let up = world.call("up", WAIT).await.unwrap().execution;
    for _ in 0..3 {
        world.service.react(&world.last_change(up.id)).await.unwrap();
        world.another().react(&world.last_change(up.id)).await.unwrap();
    }
    world.work_queue().await;
    let down = executions_of(&world, "down").await;
    assert_eq!(down.len(), 1);
    let trigger = down[0].trigger.as_ref().unwrap();
    assert_eq!(trigger.id, "listen");
    assert_eq!(trigger.variables["executionId"], up.id.to_string());
    assert_eq!(trigger.variables["flowId"], "up");
    assert_eq!(trigger.variables["flowRevision"], 1);
    assert_eq!(trigger.variables["state"], "SUCCESS");
    assert_eq!(down[0].inputs["given"], format!("from {}", up.id));
    assert_eq!(down[0].state.current(), State::Success);
}

#[tokio::test]
async fn a_flow_that_is_gone_or_was_changed_does_not_listen() {
    let world = World::new();
    world.flow("up", PURE).await;
    world.flow("down", &listener(OF_UP)).await;
    let silent = format!("id: down\nnamespace: test\n{PURE}");
    world.service.update_flow(TENANT, "test", "down", &silent).await.unwrap();
    world.call("up", WAIT).await.unwrap();
    let loud = format!("id: down\nnamespace: test\n{}", listener(OF_UP));
    world.service.update_flow(TENANT, "test", "down", &loud).await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    world.call("up", WAIT).await.unwrap();
    world.service.delete_flow(TENANT, "test", "down").await.unwrap();
    world.call("up", WAIT).await.unwrap();
    world.service.create_flow(TENANT, &silent).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 1);
}

#[tokio::test]
async fn other_states_are_heard_each_time_they_are_entered() {
    let world = World::new();
    world.flow("up", "tasks: [{ id: a, type: test.Work }]").await;
    world.flow("down", &listener(&format!("    states: [CREATED, RUNNING, SUCCESS]\n{OF_UP}"))).await;
    let up = world.call("up", WAIT).await.unwrap().execution;
    world.service.react(&world.last_change(up.id)).await.unwrap();
    let mut heard: Vec<_> = executions_of(&world, "down").await;
    heard.sort_by_key(|it| it.trigger.as_ref().unwrap().variables["state"].to_string());
    let states: Vec<_> =
        heard.iter().map(|it| it.trigger.as_ref().unwrap().variables["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["CREATED", "RUNNING", "SUCCESS"]);
}

#[tokio::test]
async fn preconditions_gather_and_fire_for_the_last() {
    let world = World::new();
    world.flow("a", &format!("labels: {{ some: label }}\n{PURE}")).await;
    world.flow("b", PURE).await;
    let rest = "    preconditions:
      id: both
      flows:
        - { namespace: test, flowId: a, states: [SUCCESS] }
        - { namespace: test, flowId: b }
      where:
        - id: labelled
          filters:
            - { field: FLOW_ID, type: EQUAL_TO, value: a }
            - { field: EXPRESSION, type: IS_TRUE, value: \"{{ labels.some == 'label' }}\" }
";
    world.flow("down", &listener(rest)).await;
    let day = Duration::from_hours(24);
    // In different windows they do not come together.
    world.call("a", WAIT).await.unwrap();
    world.clock.advance(day);
    world.call("b", WAIT).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 0);
    let first = world.call("a", WAIT).await.unwrap().execution;
    for id in [first.id] {
        world.service.react(&world.last_change(id)).await.unwrap();
    }
    let down = executions_of(&world, "down").await;
    assert_eq!(down.len(), 1);
    assert_eq!(down[0].trigger.as_ref().unwrap().variables["executionId"], first.id.to_string());
    // It began anew, and a repeat counts for nothing.
    world.call("b", WAIT).await.unwrap();
    world.service.react(&world.last_change(first.id)).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 1);
    world.call("a", WAIT).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 2);
}

#[tokio::test]
async fn inputs_that_cannot_be_rendered_start_nothing() {
    let world = World::new();
    world.flow("up", PURE).await;
    let inputs = "    inputs:\n      given: '{{ outputs.missing.value }}'\n";
    world.flow("down", &listener(&format!("{OF_UP}{inputs}"))).await;
    world.call("up", WAIT).await.unwrap();
    assert_eq!(executions_of(&world, "down").await.len(), 0);
}

#[test]
fn each_end_is_heard_once_where_everything_goes_wrong() {
    in_every_climate(async |world| {
        world.flow("up", PURE).await;
        world.flow("down", &listener(OF_UP)).await;
        for number in 1..=3 {
            world.clock.advance(Duration::from_millis(1));
            let up = world.call("up", WAIT).await.unwrap().execution;
            for _ in 0..2 {
                let change = world.last_change(up.id);
                answered(|| world.service.react(&change)).await.unwrap();
            }
            until(async || {
                let page = PageRequest { page: 1, size: 100 };
                let of_down =
                    || ExecutionQuery { flow_id: Some("down".to_owned()), ..ExecutionQuery::default() };
                let search = || world.service.search_executions(TENANT, of_down(), page);
                let found = answered(search).await.unwrap().results.len();
                assert!(found <= number, "{found} were started by {number}");
                found == number
            })
            .await;
        }
    });
}
