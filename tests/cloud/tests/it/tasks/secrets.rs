//! Secrets of AWS in flows: fetched when they are asked for, and never shown.

use std::sync::Arc;

use cloud::{account, home, sdk};
use engine::execution::State;
use ports::secrets::InOrder;
use serde_json::json;
use service::{Settings, Vault};
use tasks::{Outbound, aws::Defaults};

use super::Site;

const RETURN: &str = "io.kestra.plugin.core.debug.Return";

#[tokio::test]
async fn a_secret_and_its_fields_are_rendered_and_masked() {
    let account = account();
    let client = aws_sdk_secretsmanager::Client::new(&sdk::config(&account));
    let db = r#"{"user": "me", "password": "correct horse"}"#;
    client.create_secret().name("flows-DB").secret_string(db).send().await.unwrap();
    client.create_secret().name("flows-BOTH").secret_string("of AWS").send().await.unwrap();
    let mut environment = home::environment(&account).await;
    environment.secrets = Some("secretsmanager:flows-".parse().unwrap());
    let aws = home::open(&account, &environment).secrets.unwrap();
    let vault =
        Arc::new(Vault::of_variables([("SECRET_BOTH".to_owned(), "b2YgdGhlIGVudmlyb25tZW50".to_owned())]));
    let settings = Settings { secrets: Arc::new(InOrder(vec![vault, aws])), ..Settings::default() };
    let site = Site::with(Outbound::Any, Defaults::default(), settings);

    let task = |id: &str, format: &str| json!({"id": id, "type": RETURN, "format": format});
    let ended = site
        .run(vec![
            task("field", "{{ secret('DB', subkey='password') == 'correct horse' }}"),
            task("shown", "it is {{ secret('DB', subkey='password') }}"),
            task("both", "{{ secret('BOTH') == 'of the environment' }}"),
            json!({
                "id": "log", "type": "io.kestra.plugin.scripts.shell.Commands",
                "commands": ["echo {{ secret('DB', subkey='password') | urlencode }} {{ secret('DB', subkey='password') }}"],
            }),
        ])
        .await;
    assert_eq!(ended.0.state.current(), State::Success);
    assert_eq!(ended.outputs("field")["value"], "true");
    assert_eq!(ended.outputs("both")["value"], "true");
    let all = format!("{:?} {:?}", ended.0.logs, ended.0.task_runs);
    assert!(!all.contains("correct horse"), "{all}");

    for (expression, message) in [
        ("{{ secret('NONE') }}", "Cannot find secret for key 'NONE'."),
        ("{{ secret('DB', subkey='host') }}", "Cannot find secret sub-key 'host' in secret 'DB'."),
    ] {
        let ended = site.run(vec![task("a", expression)]).await;
        assert!(ended.failure().is_some_and(|it| it.contains(message)), "{:?}", ended.failure());
    }
}
