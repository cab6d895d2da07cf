//! Dates that an expression gives, and that change without their flow.

use std::time::Duration;

use engine::time::Timestamp;
use serde_json::{Value as Json, json};
use service::{Error, ExecutionQuery, NewBackfill, PageRequest, TriggerAction, TriggerName, TriggerState};

use crate::world::{TENANT, World};

fn flow(dates: &str) -> String {
    format!(
        "tasks: [{{ id: only, type: io.kestra.plugin.core.debug.Return }}]
triggers:
  - id: dates
    type: io.kestra.plugin.core.trigger.ScheduleOnDates
    timezone: UTC
    dates: {dates}
"
    )
}

const OF_KV: &str = "\"{{ kv('dates') }}\"";

/// On 2023-11-14; the clock begins at 22:13:20.
fn at(time: &str) -> Timestamp {
    format!("2023-11-14T{time}Z").parse().unwrap()
}

async fn set(world: &World, dates: Json) {
    world.service.set_kv((TENANT, "test", "dates"), dates, None).await.unwrap();
}

async fn act(world: &World, action: TriggerAction) -> Result<TriggerState, Error> {
    let which = TriggerName {
        namespace: "test".to_owned(),
        flow_id: "dated".to_owned(),
        trigger: "dates".to_owned(),
    };
    world.service.act_on_trigger(TENANT, &which, &action).await
}

/// The dates that fired, as `trigger.date` shows them.
async fn fired(world: &World) -> Vec<String> {
    let query = ExecutionQuery { flow_id: Some("dated".to_owned()), ..ExecutionQuery::default() };
    let found = world.service.search_executions(TENANT, query, PageRequest { page: 1, size: 100 }).await;
    let executions = found.unwrap().results;
    let mut dates: Vec<String> = executions
        .iter()
        .map(|it| it.trigger.as_ref().unwrap().variables["date"].as_str().unwrap().to_owned())
        .collect();
    dates.sort();
    dates
}

async fn later(world: &World, minutes: u64) {
    world.clock.advance(Duration::from_mins(minutes));
    for _ in 0..5 {
        world.service.tick().await.unwrap();
        world.work_queue().await;
    }
}

#[tokio::test]
async fn dates_are_rendered_at_each_date() {
    let world = World::new();
    set(&world, json!(["2023-11-14T22:20:00Z", "2023-11-14T22:15:00", "2023-11-14T22:30:00Z"])).await;
    world.flow("dated", &flow(OF_KV)).await;
    assert_eq!(act(&world, TriggerAction::Restart).await.unwrap().next, Some(at("22:15:00")));
    // What it reads changes: one that was to come is gone, another one is there before it.
    set(&world, json!(["2023-11-14T22:15:00Z", "2023-11-14T22:18:00Z"])).await;
    for _ in 0..5 {
        later(&world, 2).await;
    }
    assert_eq!(fired(&world).await, ["2023-11-14T22:15:00Z", "2023-11-14T22:18:00Z"]);
    assert_eq!(act(&world, TriggerAction::Restart).await.unwrap().next, None);
}

#[tokio::test]
async fn dates_that_come_to_be_are_found_within_the_hour() {
    let world = World::new();
    // Nothing is there to be rendered yet.
    world.flow("dated", &flow(OF_KV)).await;
    assert_eq!(act(&world, TriggerAction::Restart).await.unwrap().next, None);
    let all =
        NewBackfill { start: at("00:00:00"), end: None, inputs: serde_json::Map::new(), labels: Vec::new() };
    let refused = act(&world, TriggerAction::Backfill(all.clone())).await;
    assert!(
        matches!(&refused, Err(Error::Invalid(why)) if why.to_string().contains("has no dates for now")),
        "{refused:?}"
    );
    set(&world, json!(["2023-11-14T20:00:00Z", "2023-11-14T22:20:00Z", "2023-11-15T00:00:00Z"])).await;
    later(&world, 30).await;
    assert!(fired(&world).await.is_empty(), "it is looked at once an hour");
    later(&world, 31).await;
    // What came to be meanwhile and is over was missed; what was over before is for a backfill.
    assert_eq!(fired(&world).await, ["2023-11-14T22:20:00Z"]);
    act(&world, TriggerAction::Backfill(NewBackfill { end: Some(at("21:00:00")), ..all })).await.unwrap();
    later(&world, 1).await;
    assert_eq!(fired(&world).await, ["2023-11-14T20:00:00Z", "2023-11-14T22:20:00Z"]);
    // A failure takes nothing away: what it hid fires later.
    world.service.delete_kv(TENANT, "test", "dates").await.unwrap();
    later(&world, 60).await;
    assert_eq!(fired(&world).await.len(), 2);
    set(&world, json!(["2023-11-15T00:00:00Z"])).await;
    later(&world, 61).await;
    assert_eq!(fired(&world).await.len(), 3);
}

#[tokio::test]
async fn an_expression_may_stand_among_dates() {
    let world = World::new();
    let dates = "['2023-11-14T22:16:00Z', '{{ \"2023-11-14T\" ~ \"23:00:00\" }}', '2023-11-14T22:15:00Z']";
    world.flow("dated", &flow(dates)).await;
    later(&world, 5).await;
    assert_eq!(fired(&world).await, ["2023-11-14T22:15:00Z", "2023-11-14T22:16:00Z"]);
    assert_eq!(act(&world, TriggerAction::Restart).await.unwrap().next, Some(at("23:00:00")));
    // What is no list, or no date, leaves it without dates; too many of them do as well.
    let many = json!(vec!["2023-11-14T22:40:00Z"; 1_001]);
    for wrong in [json!("2023-11-14T22:40:00Z"), json!(["soon"]), json!([1]), json!({}), many] {
        set(&world, wrong).await;
        let source = format!("id: dated\nnamespace: test\n{}", flow(OF_KV));
        world.service.update_flow(TENANT, "test", "dated", &source).await.unwrap();
        assert_eq!(act(&world, TriggerAction::Reset).await.unwrap().next, None);
        set(&world, json!(["2023-11-14T22:50:00Z"])).await;
        assert_eq!(act(&world, TriggerAction::Reset).await.unwrap().next, Some(at("22:50:00")));
    }
}
