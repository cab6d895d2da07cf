//! Webhooks that ask for a signature.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Method, Request},
};
use insta::assert_snapshot;
use service::{Settings, Vault};

use crate::{
    app::{Answer, App},
    webhooks::URI,
};

const SLACK_BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SLACK: [(&str, &str); 2] = [
    ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
    ("X-Slack-Request-Timestamp", "1531420618"),
];
const GITHUB: (&str, &str) =
    ("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
const STRIPE_BODY: &str = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
const STRIPE: (&str, &str) =
    ("Stripe-Signature", "t=1492774577,v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812");

/// An app with the secrets of the senders, and the flow `f` whose webhook asks for a signature.
async fn app(signature: &str) -> App {
    let secrets = [
        ("SECRET_GITHUB", "SXQncyBhIFNlY3JldCB0byBFdmVyeWJvZHk="),
        ("SECRET_SLACK", "OGY3NDIyMzFiMTBlODg4OGFiY2Q5OXl5eXp6ejg1YTU="),
        ("SECRET_STRIPE", "d2hzZWNfdGVzdF9zZWNyZXQ="),
    ];
    let secrets = Vault::of_variables(secrets.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let app = App::with(Settings { secrets: Arc::new(secrets), ..Settings::default() });
    let flow = format!(
        "
tasks: [{{ id: t, type: io.kestra.plugin.core.debug.Return, format: a }}]
triggers:
  - {{ id: hook, type: io.kestra.plugin.core.trigger.Webhook, key: test1234, signature: {{ {signature} }} }}
"
    );
    app.flow("f", &flow).await;
    app
}

async fn post(app: &App, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(Method::POST).uri(URI);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn executions(app: &App) -> u64 {
    app.get("/api/v1/executions/search").await.json()["total"].as_u64().unwrap()
}

#[tokio::test]
async fn github_is_known_by_its_signature() {
    let app = app("type: GITHUB, secret: \"{{ secret('GITHUB') }}\"").await;
    let wrong = post(&app, &[GITHUB], "Hello, World?").await;
    assert_snapshot!(wrong.error(), @"401 Unauthorized: the signature in x-hub-signature-256 is not that of this request");
    assert_snapshot!(post(&app, &[], "Hello, World!").await.error(), @"401 Unauthorized: the header x-hub-signature-256 is missing");
    assert_snapshot!(post(&app, &[GITHUB, GITHUB], "Hello, World!").await.error(), @"401 Unauthorized: the header x-hub-signature-256 is there more than once");
    assert_eq!(executions(&app).await, 0);
    let right = post(&app, &[GITHUB], "Hello, World!").await;
    assert_eq!((right.status.as_u16(), executions(&app).await), (200, 1));
}

#[tokio::test]
async fn what_the_signature_does_not_cover_sets_no_inputs() {
    let app = app("type: GITHUB, secret: \"{{ secret('GITHUB') }}\"").await;
    let request = Request::post(format!("{URI}?inputs=%7B%22a%22:1%7D")).header(GITHUB.0, GITHUB.1);
    let answer = app.send(request.body(Body::from("Hello, World!")).unwrap()).await;
    assert_snapshot!(answer.error(), @"422 Illegal argument: the query parameter `inputs` is not taken here: the signature does not cover it");
}

#[tokio::test]
async fn slack_is_known_for_five_minutes() {
    let app = app("type: SLACK, secret: \"{{ secret('SLACK') }}\"").await;
    app.at(1_531_420_618_000 + 301_000);
    assert_snapshot!(post(&app, &SLACK, SLACK_BODY).await.error(), @"401 Unauthorized: the request was signed more than 300 seconds from now");
    app.at(1_531_420_618_000 + 299_000);
    assert_snapshot!(post(&app, &[SLACK[0], (SLACK[1].0, "1531420619")], SLACK_BODY).await.error(), @"401 Unauthorized: the signature in x-slack-signature is not that of this request");
    assert_eq!(executions(&app).await, 0);
    assert_eq!(post(&app, &SLACK, SLACK_BODY).await.status.as_u16(), 200);
}

#[tokio::test]
async fn stripe_is_known_as_long_as_the_trigger_says() {
    let app = app("type: STRIPE, secret: \"{{ secret('STRIPE') }}\", tolerance: PT10S").await;
    app.at(1_492_774_577_000 + 11_000);
    assert_snapshot!(post(&app, &[STRIPE], STRIPE_BODY).await.error(), @"401 Unauthorized: the request was signed more than 10 seconds from now");
    app.at(1_492_774_577_000 + 10_000);
    assert_snapshot!(post(&app, &[STRIPE], "{}").await.error(), @"401 Unauthorized: the signature in stripe-signature is not that of this request");
    assert_eq!(executions(&app).await, 0);
    assert_eq!(post(&app, &[STRIPE], STRIPE_BODY).await.status.as_u16(), 200);
}

#[tokio::test]
async fn others_are_known_by_a_header_of_theirs() {
    let app = app("type: HMAC, secret: key, header: X-Mac, algorithm: SHA1, prefix: 'sha1='").await;
    let body = "The quick brown fox jumps over the lazy dog";
    let right = ("x-mac", "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9");
    assert_eq!(post(&app, &[("x-mac", &right.1[5..])], body).await.status.as_u16(), 401);
    assert_eq!(post(&app, &[right], body).await.status.as_u16(), 200);
}

#[tokio::test]
async fn without_the_secret_nobody_is_known() {
    for secret in ["\"{{ secret('NOWHERE') }}\"", "\"{{ '' }}\""] {
        let app = app(&format!("type: GITHUB, secret: {secret}")).await;
        let said = post(&app, &[GITHUB], "Hello, World!").await.error();
        assert_eq!(said, "401 Unauthorized: the secret of the signature cannot be had here");
        assert_eq!(executions(&app).await, 0);
    }
}

#[tokio::test]
async fn who_knows_no_key_is_not_asked_for_a_signature() {
    let app = app("type: GITHUB, secret: key").await;
    assert_snapshot!(app.post(&URI.replace("test1234", "other")).await.error(), @"404 Not Found: Flow not found");
}
