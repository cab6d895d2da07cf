//! Events in the forms that API Gateway (payload 2.0) and Function URLs send.

use lambda_http::request::LambdaRequest;
use serde_json::{Value as Json, json};

use super::*;

/// What an HTTP API sends without an authorizer, for a caller who claims to be another.
fn event() -> Json {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/v1/flows/search", "rawQueryString": "",
        "headers": {
            "host": "x1.execute-api.eu-central-1.amazonaws.com", "x-forwarded-for": "198.51.100.9, 192.0.2.7",
            "x-amzn-request-context": "{\"authorizer\":{\"iam\":{\"userArn\":\"arn:aws:iam::1:user/eve\"}}}",
            "authorization": "Bearer eyJzdWIiOiJldmUifQ"
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "x1", "domainName": "x1.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "x1", "requestId": "r", "routeKey": "$default", "stage": "$default",
            "time": "21/Nov/2026:10:00:00 +0000", "timeEpoch": 1_795_255_200_000_i64,
            "http": {
                "method": "GET", "path": "/api/v1/flows/search", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7",
                "userAgent": "curl"
            }
        },
        "isBase64Encoded": false
    })
}

fn authorized(by: Json) -> Json {
    let mut event = event();
    event["requestContext"]["authorizer"] = by;
    event
}

/// As both put it, for the session of a role.
fn signed() -> Json {
    json!({ "iam": {
        "accessKey": "ASIAEXAMPLE", "accountId": "123456789012", "callerId": "AROAEXAMPLE:ci",
        "cognitoIdentity": null, "principalOrgId": "aws:PrincipalOrgID",
        "userArn": "arn:aws:sts::123456789012:assumed-role/deploy/ci", "userId": "AROAEXAMPLE:ci"
    } })
}

/// Source and name, as the routes are told.
fn told(event: Json) -> (Option<String>, Option<String>) {
    let mut request: Request = serde_json::from_value::<LambdaRequest>(event).expect("the form").into();
    introduce(&mut request);
    let extensions = request.extensions();
    let source = extensions.get().map(|rest::Source(it)| it.to_string());
    (source, extensions.get().map(|rest::Caller(it)| it.clone()))
}

fn name_of(by: Json) -> Option<String> {
    told(authorized(by)).1
}

#[test]
fn the_source_is_what_the_gateway_saw_and_not_what_a_header_says() {
    assert_eq!(told(event()), (Some("192.0.2.7".to_owned()), None));
    let seen_from = |address: Json| {
        let mut event = event();
        event["requestContext"]["http"]["sourceIp"] = address;
        told(event).0
    };
    assert_eq!(seen_from("2001:db8::7".into()).as_deref(), Some("2001:db8::7"));
    for nowhere in [json!(""), json!("192.0.2.7, 10.0.0.1"), Json::Null] {
        assert_eq!(seen_from(nowhere.clone()), None, "{nowhere}");
    }
}

/// What a Function URL with `AWS_IAM` sends: its own host, and `null` where a gateway would name something.
#[test]
fn a_function_url_tells_the_same() {
    let mut event = authorized(signed());
    event["headers"]["host"] = "abc.lambda-url.eu-central-1.on.aws".into();
    let context = &mut event["requestContext"];
    context["domainName"] = "abc.lambda-url.eu-central-1.on.aws".into();
    context["authentication"] = Json::Null;
    context["authorizer"]["iam"]["principalOrgId"] = Json::Null;
    context["http"]["sourceIp"] = "203.0.113.5".into();
    let arn = "arn:aws:sts::123456789012:assumed-role/deploy/ci";
    assert_eq!(told(event), (Some("203.0.113.5".to_owned()), Some(arn.to_owned())));
}

#[test]
fn who_signed_is_an_arn_or_an_id() {
    assert_eq!(name_of(signed()).as_deref(), Some("arn:aws:sts::123456789012:assumed-role/deploy/ci"));
    let without_arn = json!({ "iam": { "userArn": "", "userId": "AIDAEXAMPLE", "callerId": "AIDAEXAMPLE" } });
    assert_eq!(name_of(without_arn).as_deref(), Some("AIDAEXAMPLE"));
    assert_eq!(name_of(json!({ "iam": {} })).as_deref(), Some("somebody who signed"));
}

#[test]
fn a_token_is_its_subject_and_never_an_arn() {
    let claims = |claims: Json| name_of(json!({ "jwt": { "claims": claims, "scopes": null } }));
    let user =
        json!({ "aud": "api", "exp": "1795255200", "iss": "https://issuer.example", "sub": "auth0|eve" });
    assert_eq!(claims(user).as_deref(), Some("jwt:auth0|eve"));
    assert_eq!(claims(json!({ "client_id": "ci" })).as_deref(), Some("jwt:ci"));
    assert_eq!(claims(json!({})).as_deref(), Some("jwt:"));
    assert_eq!(
        claims(json!({ "sub": "arn:aws:iam::1:user/eve" })).as_deref(),
        Some("jwt:arn:aws:iam::1:user/eve")
    );
    let long = claims(json!({ "sub": "ä".repeat(2_000) })).expect("a name");
    assert_eq!(long.chars().count(), NAME_MAX);
}

#[test]
fn nobody_is_introduced_by_an_authorizer_that_is_not_ours() {
    for other in
        [Json::Null, json!({}), json!({ "lambda": { "sub": "eve", "userArn": "arn:aws:iam::1:user/eve" } })]
    {
        assert_eq!(name_of(other.clone()), None, "{other}");
    }
}
