//! The table that tests of the store make for themselves is the one that is deployed.

use std::{fs, path::Path};

use aws::store::create_table;
use cloud::sdk;
use serde_json::{Value as Json, json};
use tests::aws::Service;

use crate::deployment::{Deployment, deployment};

/// What a table is, apart from its name, its age and what is in it.
const PARTS: [&str; 5] = [
    "KeySchema",
    "AttributeDefinitions",
    "GlobalSecondaryIndexes",
    "StreamSpecification",
    "BillingModeSummary",
];

#[test]
fn it_is_the_one_that_tests_make() {
    let deployment = deployment();
    let made = "made-for-tests";
    let client = aws_sdk_dynamodb::Client::new(&sdk::config(&deployment.cloud.account()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(create_table(&client, made)).unwrap();
    let [deployed, made_here] =
        [deployment.cloud.output("TableName"), made].map(|table| described(&deployment, table));
    for part in PARTS {
        assert!(!deployed[part].is_null(), "{part} of {deployed:#}");
        assert_eq!(essence(&deployed[part]), essence(&made_here[part]), "{part}");
    }
    // The emulator's CloudFormation leaves this out, so that the template's text has to do.
    let expiry = deployment.aws.call(Service::DynamoDb, "DescribeTimeToLive", &json!({"TableName": made}));
    let expiry = &expiry["TimeToLiveDescription"];
    assert_eq!(expiry["TimeToLiveStatus"], "ENABLED");
    let attribute = expiry["AttributeName"].as_str().unwrap();
    let template = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml"));
    let line = format!("      TimeToLiveSpecification: {{ AttributeName: {attribute}, Enabled: true }}\n");
    assert!(template.unwrap().contains(&line), "the template has no `{line}`");
}

fn described(deployment: &Deployment, table: &str) -> Json {
    deployment.aws.call(Service::DynamoDb, "DescribeTable", &json!({ "TableName": table }))["Table"].clone()
}

/// The order of attributes and of indexes says nothing, and an index has a name of its own for its table.
fn essence(part: &Json) -> Json {
    let mut part = part.clone();
    if let Some(list) = part.as_array_mut() {
        for element in
            list.iter_mut().filter_map(Json::as_object_mut).filter(|it| it.contains_key("IndexName"))
        {
            element.retain(|name, _| ["IndexName", "KeySchema", "Projection"].contains(&name.as_str()));
        }
        list.sort_by_key(ToString::to_string);
    }
    part
}
