//! What functions may do: these things to those resources, and nothing else.

use serde_json::{Value as Json, json};

use crate::{
    demand,
    expanded::{resources, template},
};

const ROLE: &str = "AWS::IAM::Role";
/// Services whose permissions know no resources.
const EVERYWHERE: [&str; 1] = ["xray:"];

#[test]
fn a_role_names_what_it_may_do_and_to_what() {
    demand(
        &too_much(template()),
        "Name the actions and the ARNs of the resources that the function really uses.",
    );
}

#[test]
fn roles_that_may_too_much_are_found() {
    let statement = |action: Json, resource: Json| json!({"Action": action, "Resource": resource});
    let policy = |statements: Json| json!([{"PolicyDocument": {"Statement": statements}}]);
    let template = json!({"Resources": {
        "A": {"Type": ROLE, "Properties": {"Policies": policy(json!([
            statement(json!(["s3:Get*"]), json!({"Fn::GetAtt": ["Bucket", "Arn"]})),
            statement(json!("sqs:SendMessage"), json!("*")),
            statement(json!(["sqs:SendMessage"]), json!([{"Fn::Sub": "arn:${AWS::Partition}:sqs:::*"}])),
            statement(json!(["xray:PutTraceSegments"]), json!("*")),
        ]))}},
        "B": {"Type": ROLE, "Properties": {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/Everything"]}},
    }});
    assert_eq!(
        too_much(&template),
        [
            "A: s3:Get* is more than one action",
            "A: [\"sqs:SendMessage\"] to everything",
            "A: [\"sqs:SendMessage\"] to everything",
            "B: has policies that are written elsewhere"
        ]
    );
}

fn too_much(template: &Json) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, role) in resources(template, ROLE) {
        // Those that an operator names are the operator's to answer for.
        if role.get("ManagedPolicyArns").is_some_and(|policies| policies.get("Ref").is_none()) {
            problems.push(format!("{name}: has policies that are written elsewhere"));
        }
        let policies = role["Policies"].as_array().into_iter().flatten();
        for statement in policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])) {
            let actions: Vec<&str> = list(&statement["Action"]).iter().filter_map(|it| it.as_str()).collect();
            let several = actions.iter().filter(|action| action.contains('*'));
            problems.extend(several.map(|action| format!("{name}: {action} is more than one action")));
            let known = |action: &&str| !EVERYWHERE.iter().any(|service| action.starts_with(service));
            if list(&statement["Resource"]).iter().any(|it| is_everything(it)) && actions.iter().any(known) {
                problems.push(format!("{name}: {actions:?} to everything"));
            }
        }
    }
    problems
}

/// An ARN with a `*` is all right as long as something stands before it in the resource's own name.
fn is_everything(resource: &Json) -> bool {
    let text = resource.as_str().or_else(|| resource["Fn::Sub"].as_str());
    text.is_some_and(|text| text == "*" || text.ends_with(":*") || text.ends_with(":*/*"))
}

fn list(value: &Json) -> Vec<&Json> {
    value.as_array().map_or_else(|| vec![value], |all| all.iter().collect())
}
