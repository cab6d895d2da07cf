//! Opening a deployment.

use aws::{Environment, Error, Home};
use aws_config::{BehaviorVersion, SdkConfig};
use cloud::{account, home};

#[tokio::test]
async fn warming_is_no_more_than_that() {
    let account = account();
    let environment = home::environment(&account).await;
    home::open(&account, &environment).warm().await;
    // Of what is not there, as well.
    let nothing = Environment { table: "nothing".to_owned(), ..environment };
    home::open(&account, &nothing).warm().await;
}

#[tokio::test]
async fn without_a_region_nothing_is_opened() {
    let environment = home::environment(&account()).await;
    let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
    assert_eq!(Home::over(&config, &environment).unwrap_err(), Error::NoRegion);
}
