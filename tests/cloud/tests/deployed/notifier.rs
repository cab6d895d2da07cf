//! Whom the table's stream wakes.

use serde_json::json;
use tests::{
    aws::Service,
    execution::{check, state},
    poll,
};

use crate::deployment::{Deployment, HANDED_OVER, PURE, deployment};

#[test]
fn it_hears_of_what_was_handed_over_and_of_nothing_else() {
    let deployment = deployment();
    let space = deployment.space("heard");
    space.create("pure", PURE);
    space.create("echoes", HANDED_OVER);
    let marked = marked(&deployment);
    for _ in 0..5 {
        assert_eq!(state(&space.run("pure")), "SUCCESS");
    }
    assert_eq!(self::marked(&deployment), marked, "an end in one write wakes nobody");
    let execution = space.run("echoes");
    check(&execution);
    assert_eq!(state(&execution), "SUCCESS");
    assert_eq!(self::marked(&deployment), marked + 1);
    // The stream is in order: whoever has heard of the last change has heard of those before.
    poll::until("the notifier", || (heard(&deployment) > marked).then_some(()));
    assert_eq!(heard(&deployment), marked + 1);
    assert_eq!(deployment.messages("NotifierDeadUrl"), (0, 0));
}

/// Items that are marked for the notifier.
fn marked(deployment: &Deployment) -> usize {
    let scan = json!({
        "TableName": deployment.cloud.output("TableName"),
        "Select": "COUNT",
        "FilterExpression": "attribute_exists(n)",
    });
    let page = deployment.aws.call(Service::DynamoDb, "Scan", &scan);
    assert_eq!(page.get("LastEvaluatedKey"), None, "a page holds all there is");
    usize::try_from(page["Count"].as_u64().unwrap()).unwrap()
}

/// Changes it was called with, since the deployment.
fn heard(deployment: &Deployment) -> usize {
    let invocations = deployment.invocations("notifier");
    let reports = invocations.iter().flat_map(|it| it.reports());
    reports.map(|report| report["records"].as_str().unwrap().parse::<usize>().unwrap()).sum()
}
