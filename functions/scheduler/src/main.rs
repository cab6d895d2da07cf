//! The scheduler, as a Lambda function that a clock calls every minute: hands over what is due.

mod ticks;

use std::{process::ExitCode, sync::Arc};

use lambda::{Error, Home, Role, Variables};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> ExitCode {
    lambda::function(scheduler).await
}

async fn scheduler(variables: Variables) -> Result<(), Error> {
    let home = Arc::new(Home::open(Role::Scheduler, &variables, variables.settings()?)?);
    home.warm().await;
    // What the event says is of no interest: it is time.
    let handler = service_fn(move |event: LambdaEvent<serde_json::Value>| {
        let home = Arc::clone(&home);
        async move {
            ticks::tick(&home.service, &home.meter, &event.context).await.map_err(lambda_runtime::Error::from)
        }
    });
    lambda_runtime::run_concurrent(handler).await.map_err(Error::Runtime)
}
