//! What tasks ask of the engine, asked of the real one.

use std::{fmt::Write, time::Duration};

use engine::{
    execution::{Execution, Level, State},
    time::Timestamp,
};
use ports::engine::{
    Counted, Engine, Error, Expected, Kind, LogPurge, Purge, Purged, Rendering, TriggerName, Value,
};
use serde_json::{Map, Value as Json, json};
use service::{MetricQuery, PageRequest, TriggerQuery};

use crate::world::{TENANT, World};

/// Long enough for flows that end at once.
const WAIT: Option<Duration> = Some(Duration::from_mins(1));

async fn ended(world: &World, flow: &str) -> Execution {
    let execution = world.call(flow, WAIT).await.unwrap().execution;
    assert!(execution.state.is_terminal());
    execution
}

fn value(json: Json) -> Value {
    Value { kind: Kind::of(&json), json, expires_at: None }
}

async fn get(world: &World, key: &str) -> Option<Json> {
    let stored = world.service.asked().value(TENANT, "test", key).await.unwrap();
    stored.filter(|it| !it.expired).map(|it| it.value.json)
}

#[tokio::test]
async fn a_value_is_set_when_it_is_as_expected() {
    let world = World::new();
    let set = async |json, expected| {
        world.service.asked().set_value(TENANT, "test", "k", value(json), expected).await
    };
    let changed = Err(Error::Changed("k".to_owned()));
    assert_eq!(set(json!(0), Expected::Version(1)).await, changed);
    assert_eq!(set(json!({"a": [1]}), Expected::Absent).await, Ok(()));
    assert_eq!(set(json!(2), Expected::Absent).await, changed);
    assert_eq!(get(&world, "k").await, Some(json!({"a": [1]})));
    let version = world.service.asked().value(TENANT, "test", "k").await.unwrap().unwrap().version;
    assert_eq!(set(json!(3), Expected::Version(version)).await, Ok(()));
    assert_eq!(set(json!(4), Expected::Version(version)).await, changed);
    assert_eq!(set(json!(5), Expected::Anything).await, Ok(()));
    assert_eq!(get(&world, "k").await, Some(json!(5)));
    assert_eq!(world.service.asked().value("other", "test", "k").await, Ok(None));
    assert_eq!(world.service.asked().value(TENANT, "test.below", "k").await, Ok(None));
    assert_eq!(world.service.asked().remove_value(TENANT, "test", "k").await, Ok(true));
    assert_eq!(world.service.asked().remove_value(TENANT, "test", "k").await, Ok(false));
}

#[tokio::test]
async fn a_value_expires() {
    let world = World::new();
    let end = world.service.now().plus(Duration::from_mins(1));
    let short = Value { expires_at: Some(end), ..value(json!("short")) };
    world.service.asked().set_value(TENANT, "test", "k", short, Expected::Anything).await.unwrap();
    assert_eq!(get(&world, "k").await, Some(json!("short")));
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(get(&world, "k").await, None);
    assert!(world.service.asked().keys(TENANT, "test", "").await.unwrap().is_empty());
    assert_eq!(world.service.asked().remove_value(TENANT, "test", "k").await, Ok(false));
    let short = Value { expires_at: Some(end), ..value(json!("short")) };
    world.service.asked().set_value(TENANT, "test", "k", short, Expected::Anything).await.unwrap();
    world
        .service
        .asked()
        .set_value(TENANT, "test", "k", value(json!("long")), Expected::Absent)
        .await
        .unwrap();
    assert_eq!(get(&world, "k").await, Some(json!("long")));
}

#[tokio::test]
async fn keys_are_told_in_order_and_checked() {
    let world = World::new();
    for number in 0..250 {
        let key = format!("k{number:03}");
        world
            .service
            .asked()
            .set_value(TENANT, "test", &key, value(json!(number)), Expected::Absent)
            .await
            .unwrap();
    }
    let keys = world.service.asked().keys(TENANT, "test", "k").await.unwrap();
    assert_eq!((keys.len(), keys[0].as_str(), keys[249].as_str()), (250, "k000", "k249"));
    assert_eq!(world.service.asked().keys(TENANT, "test", "k24").await.unwrap().len(), 10);
    assert!(world.service.asked().keys(TENANT, "tes", "").await.unwrap().is_empty());
    for key in ["", "_a", "a/b", "a b", "ä", &"a".repeat(1_025)] {
        let refused =
            world.service.asked().set_value(TENANT, "test", key, value(json!(1)), Expected::Anything).await;
        assert!(matches!(refused, Err(Error::Refused(_))), "{key}");
    }
    let large = value(json!("x".repeat(2_000_000)));
    world.service.asked().set_value(TENANT, "test", "k", large, Expected::Anything).await.unwrap();
}

#[tokio::test]
async fn expressions_read_values() {
    let world = World::new();
    let print = |id: &str, expression: &str| {
        format!(
            "  - {{ id: {id}, type: io.kestra.plugin.core.debug.Return, format: \"{{{{ {expression} }}}}\" }}\n"
        )
    };
    world.flow("reads", &format!("tasks:\n{}", print("a", "kv('k').field ?? 'none'"))).await;
    world.flow("there", &format!("tasks:\n{}", print("a", "kv('k', 'other.namespace', true).field"))).await;
    let told = async |flow: &str| {
        let execution = ended(&world, flow).await;
        let run = execution.task_runs.iter().next().unwrap().outputs.get("value").cloned();
        let failure = execution.logs.iter().find(|it| it.level == Level::Error).map(|it| it.message.clone());
        (run, failure.unwrap_or_default())
    };
    assert_eq!(told("reads").await.0, Some(json!("none")));
    let failure = told("there").await.1;
    assert!(failure.contains("The key 'k' does not exist in the namespace 'other.namespace'."), "{failure}");
    for (namespace, field) in [("test", "mine"), ("other.namespace", "theirs")] {
        let kept = value(json!({ "field": field }));
        world.service.asked().set_value(TENANT, namespace, "k", kept, Expected::Anything).await.unwrap();
    }
    assert_eq!(told("reads").await.0, Some(json!("mine")));
    assert_eq!(told("there").await.0, Some(json!("theirs")));
}

#[tokio::test]
async fn executions_are_counted() {
    let world = World::new();
    world.flow("good", "tasks:\n  - { id: a, type: io.kestra.plugin.core.log.Log, message: a }\n").await;
    world.flow("bad", "tasks:\n  - { id: a, type: io.kestra.plugin.core.execution.Fail }\n").await;
    let began = world.service.now();
    for flow in ["good", "good", "bad"] {
        ended(&world, flow).await;
    }
    world.clock.advance(Duration::from_hours(1));
    ended(&world, "good").await;
    let all = Counted { namespace: "test".into(), flow_id: None, states: Vec::new(), start: None, end: None };
    let good = Counted { flow_id: Some("good".into()), ..all.clone() };
    let count = async |which: &Counted| world.service.asked().count(TENANT, which).await.unwrap();
    assert_eq!(count(&all).await, 4);
    assert_eq!(count(&good).await, 3);
    assert_eq!(count(&Counted { states: vec![State::Failed], ..all.clone() }).await, 1);
    assert_eq!(count(&Counted { end: Some(began.plus(Duration::from_mins(1))), ..good.clone() }).await, 2);
    assert_eq!(count(&Counted { start: Some(began.plus(Duration::from_mins(1))), ..good.clone() }).await, 1);
    assert_eq!(count(&Counted { namespace: "tes".into(), ..all.clone() }).await, 0);
    world.clock.advance(Duration::from_hours(31 * 24));
    assert_eq!(count(&all).await, 0);
    assert_eq!(count(&Counted { start: Some(began), ..all }).await, 4);
}

#[tokio::test]
async fn what_has_ended_is_purged() {
    let world = World::new();
    world.flow("logs", "tasks:\n  - { id: a, type: io.kestra.plugin.core.log.Log, message: [a, b] }\n").await;
    world.flow("stays", "tasks:\n  - { id: a, type: test.Work, hold: true }\n").await;
    let ids = [ended(&world, "logs").await.id, ended(&world, "logs").await.id];
    let open = world.call("stays", None).await.unwrap().execution.id;
    let all = Purge {
        namespace: None,
        flow_id: None,
        states: Vec::new(),
        start: None,
        end: world.service.now(),
        execution: false,
        logs: true,
        metrics: false,
        files: false,
    };
    let purge = async |which: &Purge| world.service.asked().purge(TENANT, which).await;
    assert_eq!(purge(&Purge { states: vec![State::Failed], ..all.clone() }).await, Ok(Purged::default()));
    let lines = Purged { logs: 4, ..Purged::default() };
    assert_eq!(purge(&Purge { namespace: Some("test".into()), ..all.clone() }).await, Ok(lines));
    assert!(world.service.asked().log_lines(TENANT, ids[0]).await.unwrap().unwrap().lines.is_empty());
    let refused = purge(&Purge { execution: true, logs: false, ..all.clone() }).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
    let gone = Purged { executions: 2, ..Purged::default() };
    assert_eq!(purge(&Purge { execution: true, metrics: true, files: true, ..all.clone() }).await, Ok(gone));
    assert_eq!(world.service.asked().log_lines(TENANT, ids[1]).await, Ok(None));
    assert!(!world.execution(open).await.state.is_terminal());
}

#[tokio::test]
async fn metrics_are_purged_wherever_they_are_kept() {
    let world = World::new();
    world.flow("few", "tasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return, format: abc }\n").await;
    // So many task runs do not fit into the item of their execution.
    let many = "
tasks:
  - id: each
    type: io.kestra.plugin.core.flow.ForEach
    concurrencyLimit: 0
    values: '{{ range(1, 1500) }}'
    tasks: [{ id: a, type: io.kestra.plugin.core.debug.Return, format: '{{ taskrun.value }}' }]
";
    world.flow("many", many).await;
    let few = ended(&world, "few").await;
    let many = ended(&world, "many").await;
    let count = async |of: &Execution| {
        let page = PageRequest { page: 1, size: 1 };
        let found = world.service.metrics(TENANT, of.id, &MetricQuery::default(), page).await.unwrap();
        found.map(|(_, page)| page.total)
    };
    assert_eq!((count(&few).await, count(&many).await), (Some(2), Some(3_000)));
    let which = Purge {
        namespace: None,
        flow_id: None,
        states: Vec::new(),
        start: None,
        end: world.service.now(),
        execution: false,
        logs: false,
        metrics: true,
        files: false,
    };
    let purge = async |which: &Purge| world.service.asked().purge(TENANT, which).await;
    let none = purge(&Purge { metrics: false, ..which.clone() }).await;
    assert_eq!((none, count(&many).await), (Ok(Purged::default()), Some(3_000)));
    let of = |metrics| Purged { metrics, ..Purged::default() };
    assert_eq!(purge(&Purge { flow_id: Some("many".into()), ..which.clone() }).await, Ok(of(3_000)));
    assert_eq!((count(&few).await, count(&many).await), (Some(2), Some(0)));
    let kept = world.execution(many.id).await;
    assert_eq!((&kept.state, kept.task_runs.len()), (&many.state, 1_501));
    assert!(kept.task_runs.iter().all(|run| run.state.is_terminal()));
    let refused = purge(&Purge { execution: true, logs: true, metrics: false, ..which.clone() }).await;
    let Err(Error::Refused(why)) = refused else { panic!("{refused:?}") };
    assert!(why.contains("`purgeMetric: false` with `purgeExecution: true` is not possible"), "{why}");
    let gone = Purged { executions: 2, ..of(2) };
    assert_eq!(purge(&Purge { execution: true, logs: true, ..which }).await, Ok(gone));
    assert_eq!(count(&many).await, None);
}

#[tokio::test]
async fn log_lines_are_purged_wherever_they_are_kept() {
    let world = World::new();
    let long = "x".repeat(9_000);
    let warn = format!("{{ type: io.kestra.plugin.core.log.Log, level: WARN, message: {long}, id: ");
    let info = format!("{{ type: io.kestra.plugin.core.log.Log, message: {long}, id: ");
    let mut tasks = String::new();
    for number in 0..10 {
        let start = if number % 2 == 0 { &warn } else { &info };
        writeln!(tasks, "  - {start}t{number} }}").unwrap();
    }
    world.flow("many", &format!("tasks:\n{tasks}")).await;
    let id = ended(&world, "many").await.id;
    assert!(world.beside(id, "log/") > 0, "more lines than an execution keeps in its item");
    let lines = async || {
        let found = world.service.asked().log_lines(TENANT, id).await.unwrap().unwrap();
        found.lines.iter().map(|it| it.level).collect::<Vec<_>>()
    };
    assert_eq!(lines().await.len(), 10);
    let end = world.service.now();
    let which = LogPurge {
        namespace: Some("test".into()),
        flow_id: None,
        levels: vec![Level::Warn],
        start: None,
        end,
    };
    let purge = async |which: &LogPurge| world.service.asked().purge_logs(TENANT, which).await;
    let before = LogPurge { end: Timestamp::from_millis(0), ..which.clone() };
    assert_eq!(purge(&before).await, Ok(0));
    assert_eq!(purge(&LogPurge { flow_id: Some("other".into()), ..which.clone() }).await, Ok(0));
    assert_eq!(purge(&which).await, Ok(5));
    assert_eq!(lines().await, [Level::Info; 5]);
    assert_eq!(purge(&LogPurge { levels: Vec::new(), ..which }).await, Ok(5));
    assert!(lines().await.is_empty());
    assert_eq!(world.beside(id, "log/"), 0);
}

#[tokio::test]
async fn a_trigger_is_disabled_and_enabled() {
    let world = World::new();
    let body = "tasks:\n  - { id: a, type: io.kestra.plugin.core.log.Log, message: a }\ntriggers:\n  - { id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: secret }\n  - { id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: '@daily' }\n";
    world.flow("hooked", body).await;
    let named = |trigger: &str| TriggerName {
        namespace: "test".into(),
        flow_id: "hooked".into(),
        trigger: trigger.into(),
    };
    let disabled = async || {
        let page = PageRequest { page: 1, size: 1 };
        let found = world.service.search_triggers(TENANT, TriggerQuery::default(), page).await.unwrap();
        found.results[0].disabled
    };
    assert!(!disabled().await);
    world.service.asked().toggle(TENANT, &named("daily"), false).await.unwrap();
    assert!(disabled().await);
    world.service.asked().toggle(TENANT, &named("daily"), true).await.unwrap();
    assert!(!disabled().await);
    let other = world.service.asked().toggle(TENANT, &named("hook"), false).await;
    assert!(matches!(&other, Err(Error::Refused(why)) if why.contains("is no Schedule")), "{other:?}");
    let unknown = world.service.asked().toggle(TENANT, &named("other"), false).await;
    let told = "Unable to find trigger 'other' of the flow test.hooked";
    assert_eq!(unknown, Err(Error::Refused(told.to_owned())));
}

#[tokio::test]
async fn an_expression_is_rendered_with_further_variables() {
    let world = World::new();
    world.flow("sees", "variables: { most: 3 }\ntasks:\n  - { id: a, type: io.kestra.plugin.core.debug.Return, format: one }\n").await;
    world.service.asked().set_value(TENANT, "test", "k", value(json!(10)), Expected::Anything).await.unwrap();
    let execution = ended(&world, "sees").await;
    let run = execution.task_runs.iter().next().unwrap().id;
    let render = async |expression: &str| {
        let with = |count: u64| Map::from_iter([("count".to_owned(), json!(count))]);
        let rendering = Rendering { expression: expression.to_owned(), variables: vec![with(2), with(20)] };
        world.service.asked().render(TENANT, execution.id, run, &rendering).await.unwrap()
    };
    let both = |a: &str, b: &str| vec![Ok(a.to_owned()), Ok(b.to_owned())];
    assert_eq!(render("{{ count > vars.most }}").await, both("false", "true"));
    assert_eq!(render("{{ task.id }} {{ count + kv('k') }}").await, both("a 12", "a 30"));
    assert!(render("{{ missing }}").await.iter().all(Result::is_err));
    assert!(render("{{ ").await.iter().all(Result::is_err));
}
