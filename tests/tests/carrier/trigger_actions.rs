//! What is done to triggers, and what triggers do to themselves.

use std::time::Duration;

use engine::execution::Execution;
use serde_json::json;
use service::{
    Error, ExecutionQuery, PageRequest, TriggerAction, TriggerName, TriggerQuery, TriggerState, WebhookCall,
};

use crate::world::{TENANT, World};

const MINUTE: Duration = Duration::from_mins(1);
const FAILS: &str = "tasks: [{ id: only, type: io.kestra.plugin.core.execution.Fail }]\n";
const PURE: &str = "tasks: [{ id: only, type: io.kestra.plugin.core.debug.Return, format: a }]\n";

fn named(flow: &str, trigger: &str) -> TriggerName {
    TriggerName { namespace: "test".to_owned(), flow_id: flow.to_owned(), trigger: trigger.to_owned() }
}

async fn act(world: &World, flow: &str, action: TriggerAction) -> Result<TriggerState, Error> {
    world.service.act_on_trigger(TENANT, &named(flow, "it"), &action).await
}

async fn executions(world: &World, flow: &str) -> Vec<Execution> {
    let query = ExecutionQuery { flow_id: Some(flow.to_owned()), ..ExecutionQuery::default() };
    let page = PageRequest { page: 1, size: 100 };
    world.service.search_executions(TENANT, query, page).await.unwrap().results
}

async fn settled(world: &World) {
    world.service.tick().await.unwrap();
    while world.work_queue().await > 0 {}
}

#[tokio::test]
async fn a_trigger_is_unlocked() {
    let world = World::new();
    let held = "tasks: [{ id: only, type: io.kestra.plugin.core.flow.Pause }]\n";
    let trigger = "triggers: [{ id: it, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * *' }]\n";
    world.flow("dated", &format!("{held}{trigger}")).await;
    let free = act(&world, "dated", TriggerAction::Unlock).await;
    assert!(matches!(&free, Err(Error::IllegalState(text)) if text == "Trigger is not locked"), "{free:?}");
    for _ in 0..3 {
        world.clock.advance(MINUTE);
        settled(&world).await;
    }
    assert_eq!(executions(&world, "dated").await.len(), 1, "none while the first is not over");
    assert!(act(&world, "dated", TriggerAction::Unlock).await.unwrap().execution.is_none());
    settled(&world).await;
    assert_eq!(executions(&world, "dated").await.len(), 2);
    // So it goes when it is restarted, which may also change nothing.
    for _ in 0..2 {
        act(&world, "dated", TriggerAction::Restart).await.unwrap();
    }
    settled(&world).await;
    assert_eq!(executions(&world, "dated").await.len(), 3);
    // Forgotten, it goes on with its next date.
    let fresh = act(&world, "dated", TriggerAction::Reset).await.unwrap();
    assert_eq!((fresh.date, fresh.execution), (None, None));
    settled(&world).await;
    assert_eq!(executions(&world, "dated").await.len(), 3);
    let unknown = world.service.act_on_trigger(TENANT, &named("dated", "no"), &TriggerAction::Restart).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
}

#[tokio::test]
async fn the_same_is_done_to_many() {
    let world = World::new();
    let trigger = "triggers: [{ id: it, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * *' }]\n";
    for flow in ["one", "two", "three"] {
        world.flow(flow, &format!("{PURE}{trigger}")).await;
    }
    let which = vec![named("one", "it"), named("two", "it"), named("four", "it")];
    let disable = TriggerAction::SetDisabled(true);
    assert_eq!(world.service.act_on_triggers(TENANT, which, &disable).await.unwrap(), 2);
    let query = TriggerQuery {
        q: Some("t".to_owned()),
        flow_id: Some("three".to_owned()),
        ..TriggerQuery::default()
    };
    assert_eq!(world.service.act_on_found_triggers(TENANT, query, &disable).await.unwrap(), 1);
    let enable = TriggerAction::SetDisabled(false);
    assert_eq!(
        world.service.act_on_found_triggers(TENANT, TriggerQuery::default(), &enable).await.unwrap(),
        3
    );
    let locked = TriggerAction::Unlock;
    assert_eq!(
        world.service.act_on_found_triggers(TENANT, TriggerQuery::default(), &locked).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_flow_trigger_labels_what_it_starts_and_stops_itself() {
    let world = World::new();
    let trigger = "labels: { of: flow }
triggers:
  - id: it
    type: io.kestra.plugin.core.trigger.Flow
    stopAfter: [FAILED]
    labels: { from: '{{ trigger.flowId }}', none: '{{ nothing }}' }
    conditions: [{ type: io.kestra.plugin.core.condition.ExecutionFlow, namespace: test, flowId: up }]
";
    world.flow("up", PURE).await;
    world.flow("down", &format!("{FAILS}{trigger}")).await;
    let up = async || {
        world.clock.advance(MINUTE);
        world.call("up", Some(MINUTE)).await.unwrap();
        while world.work_queue().await > 0 {}
        executions(&world, "down").await.len()
    };
    assert_eq!(up().await, 1);
    let first = executions(&world, "down").await.remove(0);
    let labels: Vec<String> = first.labels.iter().map(|it| format!("{}={}", it.key, it.value)).collect();
    assert_eq!(labels, ["of=flow", "from=up"]);
    assert_eq!(up().await, 1, "it has stopped");
    world.clock.advance(MINUTE);
    assert!(!act(&world, "down", TriggerAction::SetDisabled(false)).await.unwrap().disabled);
    // An end that is told again is an old one.
    world.service.react(&world.last_change(first.id)).await.unwrap();
    assert_eq!(up().await, 2);
    assert_eq!(up().await, 2, "it has stopped again");
}

#[tokio::test]
async fn a_webhook_labels_what_it_starts_and_stops_itself() {
    let world = World::new();
    let trigger = "triggers: [{ id: it, type: io.kestra.plugin.core.trigger.Webhook, key: k, stopAfter: [FAILED], labels: { of: '{{ trigger.body.name }}' } }]\n";
    world.flow("hooked", &format!("{FAILS}{trigger}")).await;
    let call = || WebhookCall { body: Some(json!({"name": "github"})), ..WebhookCall::default() };
    let first = world.service.start_webhook(TENANT, "test", "hooked", "k", call()).await.unwrap().unwrap();
    assert_eq!(
        (first.execution.labels[0].key.as_str(), first.execution.labels[0].value.as_str()),
        ("of", "github")
    );
    while world.work_queue().await > 0 {}
    let refused = world.service.start_webhook(TENANT, "test", "hooked", "k", call()).await;
    assert!(matches!(&refused, Err(Error::IllegalState(text)) if text.contains("disabled")), "{refused:?}");
    act(&world, "hooked", TriggerAction::SetDisabled(false)).await.unwrap();
    assert!(world.service.start_webhook(TENANT, "test", "hooked", "k", call()).await.unwrap().is_some());
}
