//! The worker, as a Lambda function behind the work queue: carries on the executions that messages name.

mod batch;

use std::{process::ExitCode, sync::Arc};

use lambda::{Error, Home, Role, Variables};
use lambda_runtime::{LambdaEvent, service_fn};

#[tokio::main]
async fn main() -> ExitCode {
    lambda::function(worker).await
}

async fn worker(variables: Variables) -> Result<(), Error> {
    let home = Arc::new(Home::open(Role::Worker, &variables, variables.settings()?)?);
    home.warm().await;
    let handler = service_fn(move |LambdaEvent { payload, context }| {
        let home = Arc::clone(&home);
        async move { batch::work(&home.service, &home.meter, payload, &context).await }
    });
    lambda_runtime::run_concurrent(handler).await.map_err(Error::Runtime)
}
