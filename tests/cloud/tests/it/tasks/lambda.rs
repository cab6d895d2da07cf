//! Functions.

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use tests::aws::Aws;

use super::Site;

/// Answers with what it got; fails when that says so.
const CODE: &str = "def handler(event, context):\n    if event.get('fail'):\n        raise ValueError('as asked')\n    return {'got': event}\n";
/// Prints an archive with the code, in base64.
const ZIP: &str = "import base64, io, sys, zipfile\nbuffer = io.BytesIO()\nwith zipfile.ZipFile(buffer, 'w') as it:\n    it.writestr('index.py', sys.argv[1])\nprint(base64.b64encode(buffer.getvalue()).decode())\n";

async fn function(site: &Site) -> String {
    let account = site.account.clone();
    let make = move || {
        let zipped = Command::new("python3").args(["-c", ZIP, CODE]).output().unwrap();
        let zip = String::from_utf8(zipped.stdout).unwrap().trim().to_owned();
        assert!(STANDARD.decode(&zip).is_ok(), "{}", String::from_utf8_lossy(&zipped.stderr));
        let role = format!("arn:aws:iam::{}:role/any", account.id);
        let body = json!({
            "FunctionName": "echo", "Runtime": "python3.11", "Role": role, "Handler": "index.handler",
            "Timeout": 30, "Code": {"ZipFile": zip},
        });
        Aws::of(&account).lambda("POST", "/2015-03-31/functions", &body).expect(201);
        format!("arn:aws:lambda:us-east-1:{}:function:echo", account.id)
    };
    tokio::task::spawn_blocking(make).await.unwrap()
}

#[tokio::test]
async fn a_function_is_called_and_its_answer_kept() {
    let site = Site::new();
    let function = function(&site).await;
    let called = json!({"functionArn": function, "functionPayload": {"id": 1, "name": "Doe"}});
    let ended = site.one("lambda.Invoke", called).await;
    let outputs = ended.outputs("Invoke");
    assert_eq!(outputs["contentType"], "application/json");
    let answer = site.content(&outputs["uri"]).await;
    assert_eq!(outputs["contentLength"], answer.len());
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer, json!({"got": {"id": 1, "name": "Doe"}}));

    let failing =
        site.one("lambda.Invoke", json!({"functionArn": function, "functionPayload": {"fail": true}})).await;
    let failure = failing.failure().unwrap();
    let start = format!("Lambda Invoke task responded with error for function: {function}. Error: ");
    assert!(failure.starts_with(&start) && failure.contains("as asked"), "{failure}");

    let nowhere = site.one("lambda.Invoke", json!({"functionArn": "nothing"})).await;
    let failure = nowhere.failure().unwrap();
    let start = "Lambda Invoke task execution failed for function: nothing. ResourceNotFoundException: ";
    assert!(failure.starts_with(start), "{failure}");
}
