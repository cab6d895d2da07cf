//! Backfills: dates of a time that is over, each once, and the triggers of dates that are written down.

use std::sync::Arc;

use engine::{
    execution::{Execution, State},
    flow::Label,
    time::Timestamp,
};
use serde_json::json;
use service::{
    Backfill, Error, ExecutionQuery, NewBackfill, PageRequest, TriggerAction, TriggerName, TriggerState,
};

use crate::{
    deadly::{Deadly, Hand, killed},
    world::{TENANT, World},
};

const FLOW: &str = "
inputs: [{ id: size, type: INT, defaults: 1 }]
tasks: [{ id: only, type: io.kestra.plugin.core.debug.Return, format: '{{ trigger.date }}' }]
triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.Schedule
    cron: '@daily'
    timezone: Europe/Paris
    inputs: { size: 2 }
    labels: { by: trigger }
";

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The clocks of Paris change within it, on 2023-10-29.
fn five_days() -> NewBackfill {
    NewBackfill {
        start: moment("2023-10-27T00:00:00+02:00"),
        end: Some(moment("2023-10-31T00:00:00+01:00")),
        inputs: [("size".to_owned(), json!(3))].into_iter().collect(),
        labels: vec![Label::new("why", "again")],
    }
}

const DAYS: [&str; 5] = [
    "2023-10-27T00:00:00+02:00",
    "2023-10-28T00:00:00+02:00",
    "2023-10-29T00:00:00+02:00",
    "2023-10-30T00:00:00+01:00",
    "2023-10-31T00:00:00+01:00",
];

async fn act(world: &World, action: TriggerAction) -> Result<TriggerState, Error> {
    let which = TriggerName {
        namespace: "test".to_owned(),
        flow_id: "dated".to_owned(),
        trigger: "daily".to_owned(),
    };
    world.service.act_on_trigger(TENANT, &which, &action).await
}

/// As it is, without doing anything to it.
async fn now(world: &World) -> TriggerState {
    act(world, TriggerAction::Restart).await.unwrap()
}

/// In the order in which they were created.
async fn fired(world: &World) -> Vec<Execution> {
    let query = ExecutionQuery { flow_id: Some("dated".to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 100 };
    world.service.search_executions(TENANT, query, page).await.unwrap().results
}

async fn dates(world: &World) -> Vec<String> {
    let date = |it: &Execution| it.trigger.as_ref().unwrap().variables["date"].as_str().unwrap().to_owned();
    let mut dates: Vec<String> = fired(world).await.iter().map(date).collect();
    dates.sort();
    dates
}

async fn settled(world: &World) {
    world.service.tick().await.unwrap();
    while world.work_queue().await > 0 {}
}

#[tokio::test]
async fn a_backfill_fires_each_of_its_dates_once() {
    let world = World::new();
    world.flow("dated", FLOW).await;
    let begun = act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    let regular = moment("2023-11-15T00:00:00+01:00");
    assert_eq!((begun.next, begun.next_regular), (Some(moment(DAYS[0])), Some(regular)));
    let again = act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    assert_eq!(again.backfill, begun.backfill, "the same one");
    let other = NewBackfill { end: None, ..five_days() };
    assert!(act(&world, TriggerAction::Backfill(other)).await.is_ok(), "it says nothing else");
    let other = NewBackfill { start: moment(DAYS[1]), ..five_days() };
    let refused = act(&world, TriggerAction::Backfill(other)).await;
    assert!(matches!(refused, Err(Error::IllegalState(_))), "{refused:?}");
    // One after the other: whoever ends one begins the next.
    let two = world.another();
    let (one, two) = tokio::join!(world.service.tick(), two.tick());
    assert!(one.unwrap().fired + two.unwrap().fired >= 1);
    assert_eq!(fired(&world).await.len(), 1, "the first is not over");
    world.work_queue().await;
    assert_eq!(fired(&world).await.len(), 2);
    settled(&world).await;
    assert_eq!(dates(&world).await, DAYS);
    for execution in fired(&world).await {
        assert_eq!(execution.state.current(), State::Success);
        assert_eq!(execution.inputs["size"], 3);
        let labels: Vec<String> =
            execution.labels.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
        assert_eq!(labels, ["by=trigger", "why=again"]);
    }
    let over = now(&world).await;
    assert_eq!((over.backfill.clone(), over.next), (None, Some(regular)));
    assert_eq!(over.date, Some(moment(DAYS[4])));
    // The same dates once more, as somebody asked for them once more.
    act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    settled(&world).await;
    assert_eq!(fired(&world).await.len(), 10);
    let empty = NewBackfill {
        start: moment(DAYS[0]).plus(std::time::Duration::from_secs(1)),
        end: Some(moment(DAYS[0])),
        ..five_days()
    };
    let refused = act(&world, TriggerAction::Backfill(empty)).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

#[tokio::test]
async fn what_was_sent_for_a_backfill_is_rendered() {
    let world = World::new();
    world.flow("dated", FLOW).await;
    let one_day = || NewBackfill { end: Some(moment(DAYS[0])), ..five_days() };
    let sent = NewBackfill {
        inputs: [("size".to_owned(), json!("{{ trigger.date | date('dd', timeZone='Europe/Paris') }}"))]
            .into_iter()
            .collect(),
        labels: vec![Label::new("flow", "{{ flow.id }}"), Label::new("none", "{{ trigger.no ?? '' }}")],
        ..one_day()
    };
    act(&world, TriggerAction::Backfill(sent)).await.unwrap();
    settled(&world).await;
    let executions = fired(&world).await;
    assert_eq!(executions.len(), 1);
    assert_eq!((executions[0].state.current(), &executions[0].inputs["size"]), (State::Success, &json!(27)));
    assert_eq!(executions[0].labels, [Label::new("by", "trigger"), Label::new("flow", "dated")]);
    // One that fails is told by the execution of its date, one that is none by the request.
    let fails = NewBackfill {
        inputs: [("size".to_owned(), json!(["{{ trigger.missing.thing }}"]))].into_iter().collect(),
        ..one_day()
    };
    act(&world, TriggerAction::Backfill(fails)).await.unwrap();
    settled(&world).await;
    assert_eq!(fired(&world).await.iter().filter(|it| it.state.current() == State::Failed).count(), 1);
    for (size, label, part) in [("{{ 1", "", "backfill.inputs.size: "), ("1", "{{ 1", "backfill.labels.a: ")]
    {
        let wrong = NewBackfill {
            inputs: [("size".to_owned(), json!([{"in": size}]))].into_iter().collect(),
            labels: vec![Label::new("a", label)],
            ..one_day()
        };
        let refused = act(&world, TriggerAction::Backfill(wrong)).await;
        assert!(
            matches!(&refused, Err(Error::Invalid(why)) if why.to_string().contains(part)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn work_days_are_no_holidays() {
    let world = World::new();
    let conditions = "    conditions:
      - type: io.kestra.plugin.core.condition.Not
        conditions:
          - { type: io.kestra.plugin.core.condition.PublicHoliday, country: FR }
          - { type: io.kestra.plugin.core.condition.Weekend }
";
    world.flow("dated", &format!("{FLOW}{conditions}")).await;
    // From a Friday to a Wednesday, with the eighth of May on the Monday.
    let week = NewBackfill {
        start: moment("2023-05-05T00:00:00+02:00"),
        end: Some(moment("2023-05-10T00:00:00+02:00")),
        ..five_days()
    };
    act(&world, TriggerAction::Backfill(week)).await.unwrap();
    settled(&world).await;
    let days = ["2023-05-05T00:00:00+02:00", "2023-05-09T00:00:00+02:00", "2023-05-10T00:00:00+02:00"];
    assert_eq!(dates(&world).await, days);
    let executions = fired(&world).await;
    let variables = executions.iter().map(|it| &it.trigger.as_ref().unwrap().variables);
    let tuesday = variables.into_iter().find(|it| it["date"] == days[1]).unwrap();
    assert_eq!((&tuesday["previous"], &tuesday["next"]), (&json!(days[0]), &json!(days[2])));
}

#[tokio::test]
async fn a_backfill_pauses_while_the_regular_dates_go_on() {
    let world = World::new();
    world.flow("dated", FLOW).await;
    let none = act(&world, TriggerAction::PauseBackfill(true)).await;
    assert!(matches!(&none, Err(Error::IllegalState(message)) if message == "No backfill found"), "{none:?}");
    act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    world.service.tick().await.unwrap();
    let paused = act(&world, TriggerAction::PauseBackfill(true)).await.unwrap();
    assert!(
        matches!(&paused.backfill, Some(Backfill { paused: true, current, .. }) if *current == moment(DAYS[1]))
    );
    while world.work_queue().await > 0 {}
    assert_eq!(dates(&world).await, DAYS[..1]);
    world.clock.advance(std::time::Duration::from_hours(24));
    settled(&world).await;
    assert_eq!(dates(&world).await, [DAYS[0], "2023-11-15T00:00:00+01:00"]);
    act(&world, TriggerAction::PauseBackfill(false)).await.unwrap();
    world.service.tick().await.unwrap();
    act(&world, TriggerAction::DeleteBackfill).await.unwrap();
    while world.work_queue().await > 0 {}
    assert_eq!(dates(&world).await, [DAYS[0], DAYS[1], "2023-11-15T00:00:00+01:00"]);
    assert_eq!(now(&world).await.backfill, None);
    // Disabled, it stands still.
    act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    act(&world, TriggerAction::SetDisabled(true)).await.unwrap();
    settled(&world).await;
    assert_eq!(fired(&world).await.len(), 3);
}

/// Whether a scheduler dies at this question, in the middle of a backfill that others end.
async fn dies(at: usize, after: bool) -> bool {
    let hand = Arc::new(Hand::new(after));
    let world = World::over(|inner| Arc::new(Deadly { inner, hand: Arc::clone(&hand) }));
    world.flow("dated", FLOW).await;
    act(&world, TriggerAction::Backfill(five_days())).await.unwrap();
    settled_to(&world, 2).await;
    let died = killed(&hand, at, world.another()).await;
    for _ in 0..3 {
        world.clock.advance(std::time::Duration::from_mins(1));
        settled(&world).await;
    }
    assert_eq!(dates(&world).await, DAYS, "{at} {after}");
    died
}

/// Until so many dates fired, with nothing under way.
async fn settled_to(world: &World, count: usize) {
    world.service.tick().await.unwrap();
    while fired(world).await.len() < count {
        world.work_queue().await;
    }
    // The last one ends while the backfill pauses, so that none begins after it.
    act(world, TriggerAction::PauseBackfill(true)).await.unwrap();
    while world.work_queue().await > 0 {}
    act(world, TriggerAction::PauseBackfill(false)).await.unwrap();
}

#[tokio::test]
async fn a_backfill_comes_through_wherever_a_scheduler_dies() {
    for after in [false, true] {
        let mut at = 1;
        while dies(at, after).await {
            at += 1;
        }
        assert!(at > 4, "only {at} questions");
    }
}

#[tokio::test]
async fn dates_that_are_written_down_fire_once_each() {
    let world = World::new();
    let trigger = "triggers:
  - id: daily
    type: io.kestra.plugin.core.trigger.ScheduleOnDates
    timezone: Europe/Paris
    dates: ['2023-11-14T23:14:00+01:00', '2023-11-14T23:14:00', '2023-11-14T23:20:00', '2020-01-01T00:00:00']
";
    world.flow("dated", &FLOW.replace(&FLOW[FLOW.find("triggers").unwrap()..], trigger)).await;
    assert_eq!(now(&world).await.next, Some(moment("2023-11-14T23:14:00+01:00")));
    for _ in 0..3 {
        world.clock.advance(std::time::Duration::from_mins(5));
        settled(&world).await;
    }
    assert_eq!(dates(&world).await, ["2023-11-14T23:14:00+01:00", "2023-11-14T23:20:00+01:00"]);
    let variables = fired(&world).await.into_iter().map(|it| it.trigger.unwrap().variables);
    let last = variables.max_by_key(|it| it["date"].to_string()).unwrap();
    assert_eq!(
        json!(last),
        json!({"date": "2023-11-14T23:20:00+01:00", "previous": "2023-11-14T23:14:00+01:00"})
    );
    assert_eq!(now(&world).await.next, None);
    // What it passed is fired on demand.
    act(
        &world,
        TriggerAction::Backfill(NewBackfill { start: moment("2020-01-01T00:00:00Z"), ..five_days() }),
    )
    .await
    .unwrap_err();
    let all = NewBackfill { start: moment("2019-12-31T00:00:00Z"), ..five_days() };
    act(&world, TriggerAction::Backfill(all)).await.unwrap();
    settled(&world).await;
    assert_eq!(dates(&world).await[0], "2020-01-01T00:00:00+01:00");
}
