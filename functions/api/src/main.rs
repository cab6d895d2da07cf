//! The API, as a Lambda function behind an HTTP API or a Function URL.
//!
//! The environment says what it stands on:
//! * `ROUNDTRIP_TABLE` is set: the adapters of AWS, as the other variables of a deployment name them;
//! * else `ROUNDTRIP_DATA` is set, and it was built with the feature `folder`: everything is kept in that folder by this one process, which needs no AWS. For
//!   `cargo lambda watch`, with `AWS_LAMBDA_MAX_CONCURRENCY` for more than one request at a time;
//! * neither: it says so, and ends.
//!
//! With `ROUNDTRIP_STREAM=true` answers are streamed, as a Function URL with `InvokeMode: RESPONSE_STREAM` wants them:
//! whoever follows an execution sees each state when it comes. Otherwise they are collected first.

mod caller;
mod collected;
mod gate;
mod place;

use std::process::ExitCode;

use gate::Gate;
use lambda::{Error, Variables};
use place::Place;

#[tokio::main]
async fn main() -> ExitCode {
    lambda::function(api).await
}

async fn api(variables: Variables) -> Result<(), Error> {
    let streaming = variables.flag("ROUNDTRIP_STREAM")?;
    let wait_max = if streaming { gate::STREAMED_WAIT_MAX } else { gate::COLLECTED_WAIT_MAX };
    let place = Place::open(&variables, wait_max).await?;
    let gate = Gate::new(place.router().await, place.meter(), wait_max);
    let ended = if streaming {
        let handler = lambda_http::service_fn(move |request| gate.clone().answer(request));
        lambda_http::run_with_streaming_response_concurrent(handler).await
    } else {
        let handler = lambda_http::service_fn(move |request| gate.clone().answer_collected(request));
        lambda_http::run_concurrent(handler).await
    };
    ended.map_err(Error::Runtime)
}
