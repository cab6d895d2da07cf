//! The notifier, as a Lambda function behind the table's stream: does what a change calls for, when whoever made it
//! could not.

mod changes;

use std::{process::ExitCode, sync::Arc};

use lambda::{Error, Home, Role, Variables};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> ExitCode {
    lambda::function(notifier).await
}

async fn notifier(variables: Variables) -> Result<(), Error> {
    let home = Arc::new(Home::open(Role::Notifier, &variables, variables.settings()?)?);
    home.warm().await;
    let handler = service_fn(move |LambdaEvent { payload, context }| {
        let home = Arc::clone(&home);
        async move { changes::react(&home.service, &home.meter, payload, &context).await }
    });
    lambda_runtime::run_concurrent(handler).await.map_err(Error::Runtime)
}
