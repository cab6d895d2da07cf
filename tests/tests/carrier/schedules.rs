//! Executions that start at certain dates.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use engine::execution::{Execution, State};
use ports::queue::Dispatch;
use serde_json::json;
use service::{Error, ExecutionQuery, PageRequest, Service, TriggerQuery, TriggerState};
use tokio::task::JoinSet;

use crate::{
    climates::create,
    deadly::{Deadly, Hand, killed},
    world::{TENANT, World},
};

const MINUTE: Duration = Duration::from_mins(1);
const PURE: &str =
    "tasks: [{ id: only, type: io.kestra.plugin.core.debug.Return, format: '{{ trigger.date }}' }]";
const HELD: &str = "tasks: [{ id: only, type: test.Work, hold: true }]";
/// The first full minute after the test's clock begins, at 22:13:20.
const FIRST: &str = "2023-11-14T22:14:00Z";

fn flow(tasks: &str, trigger: &str) -> String {
    format!("{tasks}\ntriggers:\n  - id: each\n    type: io.kestra.plugin.core.trigger.Schedule\n{trigger}")
}

fn every_minute(tasks: &str) -> String {
    flow(tasks, "    cron: '* * * * *'\n")
}

/// Its executions, by the dates that fired them.
async fn fired(world: &World) -> BTreeMap<String, Execution> {
    let query = ExecutionQuery { flow_id: Some("dated".to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 100 };
    let found = world.service.search_executions(TENANT, query, page).await.unwrap().results;
    let count = found.len();
    let dates: BTreeMap<_, _> = found.into_iter().map(|it| (date(&it), it)).collect();
    assert_eq!(dates.len(), count, "a date fired twice");
    dates
}

fn date(execution: &Execution) -> String {
    execution.trigger.as_ref().unwrap().variables["date"].as_str().unwrap().to_owned()
}

async fn trigger(service: &Service) -> TriggerState {
    let page = PageRequest { page: 1, size: 10 };
    let mut found = service.search_triggers(TENANT, TriggerQuery::default(), page).await.unwrap();
    assert_eq!(found.total, 1);
    found.results.remove(0)
}

/// A minute later, everything that is due is done.
async fn a_minute_later(world: &World) {
    world.clock.advance(MINUTE);
    settled(world).await;
}

async fn settled(world: &World) {
    // What ends makes the next date due, of which there may be several.
    for _ in 0..5 {
        world.service.tick().await.unwrap();
        world.work_queue().await;
    }
}

/// Works on what was dispatched, and leaves it to itself.
fn working(world: &World) -> JoinSet<()> {
    let mut working = JoinSet::new();
    for Dispatch { tenant, execution, group: _ } in world.queue.take_all() {
        let service = world.service.clone();
        working.spawn(async move {
            service.work(&tenant, execution).await.unwrap();
        });
    }
    working
}

#[tokio::test]
async fn a_date_fires_once_with_two_schedulers() {
    let world = World::new();
    world.flow("dated", &every_minute(PURE)).await;
    settled(&world).await;
    assert_eq!(fired(&world).await.len(), 0, "nothing is made up for");
    let other = world.another();
    for minutes in 1..=10 {
        world.clock.advance(MINUTE);
        let (one, two) = tokio::join!(world.service.tick(), other.tick());
        assert!(one.unwrap().fired + two.unwrap().fired >= 1);
        world.work_queue().await;
        assert_eq!(fired(&world).await.len(), minutes);
    }
    let all = fired(&world).await;
    let first = &all[FIRST];
    assert_eq!(first.state.current(), State::Success);
    let dates = json!({"date": FIRST, "next": "2023-11-14T22:15:00Z", "previous": "2023-11-14T22:13:00Z"});
    assert_eq!(json!(first.trigger.as_ref().unwrap().variables), dates);
    assert_eq!(first.variables["schedule"], dates);
    assert!(first.labels.is_empty());
}

/// Whether the scheduler that fires the first date dies at its `at`th question; another one goes on.
async fn dies(at: usize, after: bool) -> bool {
    let hand = Arc::new(Hand::new(after));
    let world = World::over(|inner| Arc::new(Deadly { inner, hand: Arc::clone(&hand) }));
    world.flow("dated", &every_minute(PURE)).await;
    world.clock.advance(MINUTE);
    let died = killed(&hand, at, world.another()).await;
    settled(&world).await;
    assert!(fired(&world).await.contains_key(FIRST), "{at} {after}");
    for _ in 0..3 {
        a_minute_later(&world).await;
    }
    let all = fired(&world).await;
    let dates: Vec<&String> = all.keys().collect();
    let minutes = ["14", "15", "16", "17"].map(|minute| format!("2023-11-14T22:{minute}:00Z"));
    assert_eq!(dates, minutes.iter().collect::<Vec<_>>(), "{at} {after}");
    assert!(all.values().all(|it| it.state.current() == State::Success), "{at} {after}");
    died
}

#[tokio::test]
async fn a_date_fires_once_wherever_a_scheduler_dies() {
    for after in [false, true] {
        let mut at = 1;
        while dies(at, after).await {
            at += 1;
        }
        // What is due, the item, the flow, the execution, the item again.
        assert!(at > 4, "only {at} questions");
    }
}

/// How many dates are made up for by each way of recovering, when three passed while the first one ran.
async fn made_up_for(rest: &str) -> Vec<String> {
    let world = World::new();
    world.flow("dated", &flow(HELD, &format!("    cron: '* * * * *'\n{rest}"))).await;
    world.clock.advance(MINUTE);
    world.service.tick().await.unwrap();
    let mut first = working(&world);
    world.work.begun(1).await;
    for _ in 0..3 {
        world.clock.advance(MINUTE);
        world.service.tick().await.unwrap();
        assert_eq!(fired(&world).await.len(), 1, "none while the first runs");
    }
    world.work.let_go.add_permits(10);
    while first.join_next().await.is_some() {}
    settled(&world).await;
    fired(&world).await.into_keys().skip(1).map(|it| it[14..16].to_owned()).collect()
}

#[tokio::test]
async fn what_passed_while_one_ran_is_made_up_for_as_the_flow_says() {
    assert_eq!(made_up_for("").await, ["15", "16", "17"]);
    assert_eq!(made_up_for("    recoverMissedSchedules: LAST\n").await, ["17"]);
    assert_eq!(made_up_for("    recoverMissedSchedules: NONE\n").await, ["17"], "it is not late yet");
    assert_eq!(made_up_for("    lateMaximumDelay: PT1M30S\n").await, ["16", "17"]);
}

#[tokio::test]
async fn nothing_is_made_up_for_that_is_too_late() {
    for (rest, dates) in [
        ("    recoverMissedSchedules: NONE\n", vec![]),
        ("    recoverMissedSchedules: LAST\n", vec!["2023-11-15T02:00:00Z"]),
        ("    lateMaximumDelay: PT1H30M\n", vec!["2023-11-15T02:00:00Z"]),
    ] {
        let world = World::new();
        world.flow("dated", &flow(PURE, &format!("    cron: '0 */2 * * *'\n{rest}"))).await;
        world.clock.advance(5 * 60 * MINUTE);
        settled(&world).await;
        assert_eq!(fired(&world).await.into_keys().collect::<Vec<_>>(), dates, "{rest}");
    }
}

#[tokio::test]
async fn a_trigger_is_disabled_and_enabled_again() {
    let world = World::new();
    world.flow("dated", &every_minute(PURE)).await;
    let set =
        async |disabled| world.service.set_trigger_disabled(TENANT, "test", "dated", "each", disabled).await;
    assert!(set(true).await.unwrap().disabled);
    a_minute_later(&world).await;
    a_minute_later(&world).await;
    assert_eq!(fired(&world).await.len(), 0);
    assert!(trigger(&world.service).await.disabled);
    let next = set(false).await.unwrap().next.unwrap();
    assert_eq!(next.to_string(), "2023-11-14T22:16:00.000Z", "what was missed is not made up for");
    a_minute_later(&world).await;
    assert_eq!(fired(&world).await.into_keys().collect::<Vec<_>>(), ["2023-11-14T22:16:00Z"]);
    let unknown = world.service.set_trigger_disabled(TENANT, "test", "dated", "other", true).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
}

#[tokio::test]
async fn a_schedule_follows_its_flow() {
    let world = World::new();
    world.flow("dated", &every_minute(PURE)).await;
    let update = async |body: &str| {
        let source = format!("id: dated\nnamespace: test\n{body}");
        world.service.update_flow(TENANT, "test", "dated", &source).await.unwrap();
    };
    // Disabled by the flow, and by the trigger.
    for off in ["disabled: true\n", ""] {
        let trigger = if off.is_empty() {
            "    cron: '* * * * *'\n    disabled: true\n"
        } else {
            "    cron: '* * * * *'\n"
        };
        update(&format!("{off}{}", flow(PURE, trigger))).await;
        a_minute_later(&world).await;
        assert_eq!(fired(&world).await.len(), 0, "{off}");
    }
    // At another time.
    update(&flow(PURE, "    cron: '0 0 * * *'\n    timezone: Europe/Paris\n")).await;
    assert_eq!(trigger(&world.service).await.next.unwrap().to_string(), "2023-11-14T23:00:00.000Z");
    world.clock.advance(60 * MINUTE);
    settled(&world).await;
    assert_eq!(fired(&world).await.into_keys().collect::<Vec<_>>(), ["2023-11-15T00:00:00+01:00"]);
    // Gone with its flow, and back with nothing to make up for.
    world.service.delete_flow(TENANT, "test", "dated").await.unwrap();
    world.clock.advance(48 * 60 * MINUTE);
    settled(&world).await;
    assert_eq!(fired(&world).await.len(), 1);
    create(&world.service, &format!("id: dated\nnamespace: test\n{}", every_minute(PURE))).await;
    settled(&world).await;
    assert_eq!(fired(&world).await.len(), 1);
    a_minute_later(&world).await;
    assert_eq!(fired(&world).await.len(), 2);
}

#[tokio::test]
async fn inputs_labels_and_conditions_see_the_date() {
    let world = World::new();
    let inputs = "inputs: [{ id: day, type: DATETIME }, { id: count, type: INT, defaults: 3 }]\nlabels: { of: flow }\n";
    let trigger = "    cron: '*/30 * * * *'
    inputs: { day: '{{ trigger.date }}' }
    labels: { at: '{{ schedule.date }}', none: '{{ nothing }}' }
    conditions:
      - { type: io.kestra.plugin.core.condition.TimeBetween, after: '23:00:00Z' }
";
    world.flow("dated", &format!("{inputs}{}", flow(PURE, trigger))).await;
    for _ in 0..100 {
        a_minute_later(&world).await;
    }
    let all = fired(&world).await;
    assert_eq!(all.keys().collect::<Vec<_>>(), ["2023-11-14T23:30:00Z"]);
    let execution = all.values().next().unwrap();
    assert_eq!(execution.inputs["count"], 3);
    assert_eq!(execution.inputs["day"], "2023-11-14T23:30:00Z");
    let labels: Vec<String> = execution.labels.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
    assert_eq!(labels, ["of=flow", "at=2023-11-14T23:30:00Z"]);
    let dates = &execution.trigger.as_ref().unwrap().variables;
    // Only dates of which the conditions hold.
    assert_eq!(
        (&dates["next"], &dates["previous"]),
        (&json!("2023-11-15T23:30:00Z"), &json!("2023-11-13T23:30:00Z"))
    );
}

#[tokio::test]
async fn what_cannot_start_fails_and_may_stop_the_trigger() {
    let world = World::new();
    let needs = "inputs: [{ id: count, type: INT }]\n";
    world
        .flow(
            "dated",
            &format!(
                "{needs}{}",
                flow(PURE, "    cron: '* * * * *'\n    inputs: { count: x }\n    stopAfter: [FAILED]\n")
            ),
        )
        .await;
    for _ in 0..4 {
        a_minute_later(&world).await;
    }
    let all = fired(&world).await;
    assert_eq!(all.keys().collect::<Vec<_>>(), [FIRST]);
    let execution = &all[FIRST];
    assert_eq!(execution.state.current(), State::Failed);
    assert!(execution.logs[0].message.contains("count"), "{:?}", execution.logs);
    assert!(trigger(&world.service).await.disabled);
}
