//! Messages that nobody can read.

use serde_json::{Value as Json, json};
use tests::{
    aws::Service,
    execution::{check, id, state},
    poll,
};

use crate::deployment::{Deployment, HANDED_OVER, deployment};

/// Seconds until a message that was not worked on is delivered again, as the template has it.
const VISIBILITY: &str = "5400";

#[test]
fn a_poisoned_message_fails_alone() {
    let deployment = deployment();
    let space = deployment.space("poisoned");
    space.create("echoes", HANDED_OVER);
    let stopped = deployment.without_worker();
    let first = space.start("echoes");
    let poison = json!({"QueueUrl": deployment.cloud.output("WorkUrl"), "MessageBody": "poison"});
    let poison = deployment.aws.call(Service::Sqs, "SendMessage", &poison);
    let poison = &poison["MessageId"];
    let second = space.start("echoes");
    assert_eq!(deployment.messages("WorkUrl"), (3, 0));
    // So that it becomes a dead letter now and not in seven hours.
    redeliver_after(&deployment, "1");
    drop(stopped);
    for execution in [first, second] {
        let ended = space.ended(id(&execution));
        check(&ended);
        assert_eq!(state(&ended), "SUCCESS");
        assert_eq!(ended["taskRunList"][0]["attempts"].as_array().unwrap().len(), 1);
    }
    poll::until("the dead letter", || (deployment.messages("WorkDeadUrl") == (1, 0)).then_some(()));
    redeliver_after(&deployment, VISIBILITY);
    assert_eq!(deployment.messages("WorkUrl"), (0, 0), "what was worked on is done with");
    let dead = json!({"QueueUrl": deployment.cloud.output("WorkDeadUrl")});
    let dead = deployment.aws.call(Service::Sqs, "ReceiveMessage", &dead);
    assert_eq!(dead["Messages"][0]["Body"], "poison");

    let line = deployment.line("worker", "a message cannot be read", |line| line["message_id"] == *poison);
    assert_eq!(line["level"], "ERROR");
    // Delivered five times; the first time together with the others.
    let invocations = deployment.invocations("worker");
    let reports = invocations.iter().flat_map(|it| it.reports());
    let poisoned: Vec<&Json> = reports.filter(|it| it.get("RecordsPoisoned").is_some()).collect();
    assert_eq!(poisoned.len(), 5);
    assert_eq!(poisoned[0]["records"], "3");
    for report in poisoned {
        assert_eq!((&report["RecordsPoisoned"], &report["RecordsFailed"]), (&json!(1), &json!(1)));
    }
}

fn redeliver_after(deployment: &Deployment, seconds: &str) {
    let set = json!({
        "QueueUrl": deployment.cloud.output("WorkUrl"),
        "Attributes": {"VisibilityTimeout": seconds},
    });
    deployment.aws.call(Service::Sqs, "SetQueueAttributes", &set);
}
