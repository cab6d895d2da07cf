//! The clock finds what no message moves, with the rights of its role.

use serde_json::json;
use tests::{
    aws::Service,
    execution::{check, id, state, states},
    http::Request,
    poll,
};

use crate::deployment::{PURE, deployment};

#[test]
fn an_execution_whose_message_was_lost_is_found() {
    let deployment = deployment();
    let space = deployment.space("lost");
    space.create("pure", PURE);
    let stopped = deployment.without_worker();
    let execution = space.start("pure");
    assert_eq!(deployment.messages("WorkUrl"), (1, 0));
    let purge = json!({"QueueUrl": deployment.cloud.output("WorkUrl")});
    deployment.aws.call(Service::Sqs, "PurgeQueue", &purge);
    assert_eq!(deployment.messages("WorkUrl"), (0, 0));
    // It is due some seconds after its start.
    poll::until("a message in the place of the lost one", || {
        deployment.tick();
        (deployment.messages("WorkUrl").0 > 0).then_some(())
    });
    assert_eq!(state(&space.execution(id(&execution))), "CREATED");
    drop(stopped);
    let ended = space.ended(id(&execution));
    check(&ended);
    assert_eq!(states(&ended), ["CREATED", "RUNNING", "SUCCESS"]);
    deployment.line("scheduler", "moved what is due", |line| line["ticked.dispatched"] == 1);
}

#[test]
fn a_process_that_is_gone_leaves_no_reply_queue() {
    let deployment = deployment();
    let made = json!({"QueueName": "roundtrip-local-reply-0000000000000000000001"});
    let made = deployment.aws.call(Service::Sqs, "CreateQueue", &made);
    let url = made["QueueUrl"].as_str().unwrap();
    let key = json!({"pk": {"S": "addresses"}, "sk": {"S": url}});
    let table = deployment.cloud.output("TableName");
    let mut item = key.clone();
    // Last used in 1970.
    for (name, value) in [("v", json!({"N": "1"})), ("ws", json!({"S": "0"})), ("w", json!({"N": "1"}))] {
        item[name] = value;
    }
    deployment.aws.call(Service::DynamoDb, "PutItem", &json!({"TableName": table, "Item": item}));
    deployment.tick();
    deployment.line("scheduler", "moved what is due", |line| line["ticked.swept"] == 1);
    let gone = deployment.aws.call(Service::DynamoDb, "GetItem", &json!({"TableName": table, "Key": key}));
    assert_eq!(gone.get("Item"), None);
    let queues = deployment.aws.call(Service::Sqs, "ListQueues", &json!({}));
    assert!(!queues.to_string().contains("0000000000000000000001"), "{queues}");
}

#[test]
fn what_is_scheduled_is_started() {
    let deployment = deployment();
    let space = deployment.space("scheduled");
    let trigger = "
triggers:
  - { id: often, type: io.kestra.plugin.core.trigger.Schedule, cron: '* * * * * *', withSeconds: true }";
    space.create("often", &format!("{PURE}{trigger}"));
    let found = poll::until("an execution of the trigger", || {
        deployment.tick();
        let path = format!("/api/v1/executions/search?namespace={}&flowId=often", space.namespace);
        let found = space.client().get(&path).expect(200).json();
        found["results"].as_array().unwrap().first().cloned()
    });
    assert_eq!(found["trigger"]["id"], "often");
    space.client().send(&Request::delete(&format!("/api/v1/flows/{}/often", space.namespace))).expect(204);
    deployment.line("scheduler", "moved what is due", |line| line["ticked.fired"].as_u64() > Some(0));
}
