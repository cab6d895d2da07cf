//! Secrets of Secrets Manager and of the parameter store.

use aws::Home;
use cloud::{Account, account, home, sdk};
use ports::secrets::{Error, Secrets as _};

const PREFIX: &str = "roundtrip/test/";

async fn open(account: &Account, source: &str) -> Home {
    let mut environment = home::environment(account).await;
    environment.secrets = Some(source.parse().unwrap());
    home::open(account, &environment)
}

#[tokio::test]
async fn secrets_manager_has_those_with_the_prefix() {
    let account = account();
    let client = aws_sdk_secretsmanager::Client::new(&sdk::config(&account));
    let name = format!("{PREFIX}TOKEN");
    client.create_secret().name(&name).secret_string("hunter2").send().await.unwrap();
    client.create_secret().name("other/TOKEN").secret_string("not ours").send().await.unwrap();
    let binary = aws_sdk_secretsmanager::primitives::Blob::new(b"\xff");
    client.create_secret().name(format!("{PREFIX}BINARY")).secret_binary(binary).send().await.unwrap();
    let secrets = open(&account, &format!("secretsmanager:{PREFIX}")).await.secrets.unwrap();
    assert_eq!(secrets.secret("TOKEN").await, Ok("hunter2".to_owned()));
    for nothing in
        ["OTHER", "", "../../other/TOKEN", "TOKEN:AWSCURRENT", "arn:aws:secretsmanager:us-east-1:1:secret:a"]
    {
        assert_eq!(secrets.secret(nothing).await, Err(Error::NotFound), "{nothing}");
    }
    let binary = Err(Error::Unreadable("roundtrip/test/BINARY is binary, and no text".to_owned()));
    assert_eq!(secrets.secret("BINARY").await, binary);
    // Remembered.
    client.put_secret_value().secret_id(&name).secret_string("hunter3").send().await.unwrap();
    assert_eq!(secrets.secret("TOKEN").await, Ok("hunter2".to_owned()));
    assert!(!format!("{secrets:?}").contains("hunter2"));
}

#[tokio::test]
async fn the_parameter_store_has_those_with_the_prefix() {
    let account = account();
    let client = aws_sdk_ssm::Client::new(&sdk::config(&account));
    let put = client.put_parameter().name(format!("/{PREFIX}TOKEN")).value("hunter2");
    put.r#type(aws_sdk_ssm::types::ParameterType::SecureString).send().await.unwrap();
    let secrets = open(&account, &format!("ssm:/{PREFIX}")).await.secrets.unwrap();
    assert_eq!(secrets.secret("TOKEN").await, Ok("hunter2".to_owned()));
    for nothing in ["OTHER", "TOKEN:1"] {
        assert_eq!(secrets.secret(nothing).await, Err(Error::NotFound), "{nothing}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_reached_is_no_missing_secret() {
    let mut account = account();
    let environment = home::environment(&account).await;
    // Nobody listens there.
    account.endpoint = "http://127.0.0.1:9".to_owned();
    let environment = aws::Environment { secrets: Some("ssm:/a".parse().unwrap()), ..environment };
    let secrets = home::open(&account, &environment).secrets.unwrap();
    let error = secrets.secret("TOKEN").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error}");
}
