//! Services of AWS as the emulator has them, called by plain HTTP: what a test needs to see of a deployment.
//!
//! An SDK for each of them would take longer to compile than all else. Requests name whose they are and are not signed,
//! which only an emulator takes.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::{
    emulator::{Account, REGION},
    http::{Client, Request, Response},
};

/// An account's services.
#[derive(Debug, Clone)]
pub struct Aws {
    client: Client,
    account: String,
}

/// A service whose operations are JSON documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    DynamoDb,
    Logs,
    Sqs,
}

impl Service {
    /// Its name in credentials, and what its operations begin with.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::DynamoDb => ("dynamodb", "DynamoDB_20120810"),
            Self::Logs => ("logs", "Logs_20140328"),
            Self::Sqs => ("sqs", "AmazonSQS"),
        }
    }
}

impl Aws {
    pub fn of(account: &Account) -> Self {
        Self { client: Client::new(&account.endpoint), account: account.id.clone() }
    }

    /// One operation, such as `PurgeQueue`; gives its answer.
    #[track_caller]
    pub fn call(&self, service: Service, operation: &str, arguments: &Json) -> Json {
        let (name, prefix) = service.names();
        let request = Request::post("/").header("X-Amz-Target", &format!("{prefix}.{operation}"));
        let request = request.body("application/x-amz-json-1.0", arguments.to_string());
        json_of(&self.send(name, request).expect(200))
    }

    /// An operation of a service that takes forms, by its names and values.
    #[track_caller]
    pub fn query(&self, service: &str, fields: &[(&str, &str)]) -> String {
        let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::post("/").body("application/x-www-form-urlencoded", form.join("&"));
        self.send(service, request).expect(200).text()
    }

    /// An operation of Lambda, which has paths of its own.
    #[track_caller]
    pub fn lambda(&self, method: &str, path: &str, body: &Json) -> Response {
        self.send("lambda", Request::new(method, path).json(body))
    }

    /// Invokes a function; gives what it answers.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn invoke(&self, function: &str, event: &Json) -> Json {
        let answer = self.lambda("POST", &format!("/2015-03-31/functions/{function}/invocations"), event);
        let answer = answer.expect(200);
        assert_eq!(answer.header("x-amz-function-error"), None, "{}", answer.text());
        json_of(&answer)
    }

    /// The variables of a function's environment.
    #[track_caller]
    pub fn variables(&self, function: &str) -> BTreeMap<String, String> {
        let path = format!("/2015-03-31/functions/{function}/configuration");
        let configuration = json_of(&self.lambda("GET", &path, &Json::Null).expect(200));
        let variables = configuration["Environment"]["Variables"].as_object();
        let text = |value: &Json| value.as_str().expect("a variable is text").to_owned();
        variables.into_iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
    }

    /// Every line of a log group with the stream it stands in, those of the platform itself as well. The lines of one
    /// stream are in order.
    #[track_caller]
    pub fn log_lines(&self, group: &str) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        let mut arguments = json!({ "logGroupName": group });
        loop {
            let page = self.call(Service::Logs, "FilterLogEvents", &arguments);
            let text =
                |event: &Json, name: &str| event[name].as_str().expect("an event has texts").to_owned();
            let events = page["events"].as_array().expect("events are a list");
            lines.extend(events.iter().map(|event| (text(event, "logStreamName"), text(event, "message"))));
            match page.get("nextToken").filter(|token| token.is_string()) {
                Some(token) => arguments["nextToken"] = token.clone(),
                None => return lines,
            }
        }
    }

    /// The outputs of a stack, by name.
    #[track_caller]
    pub fn outputs(&self, stack: &str) -> BTreeMap<String, String> {
        let form = format!("Action=DescribeStacks&StackName={stack}&Version=2010-05-15");
        let request = Request::post("/").body("application/x-www-form-urlencoded", form);
        let answer = self.send("cloudformation", request).expect(200).text();
        let output = |text: &str| {
            let (name, rest) = text.split_once("</OutputKey><OutputValue>")?;
            Some((name.to_owned(), rest.split_once('<')?.0.to_owned()))
        };
        answer.split("<OutputKey>").filter_map(output).collect()
    }

    #[track_caller]
    fn send(&self, service: &str, request: Request) -> Response {
        let scope = format!("{}/20260101/{REGION}/{service}/aws4_request", self.account);
        let whose = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=none");
        self.client.send(&request.header("Authorization", &whose))
    }
}

/// Services name types of their own for JSON.
#[track_caller]
fn json_of(answer: &Response) -> Json {
    if answer.body.is_empty() {
        return Json::Null;
    }
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}
