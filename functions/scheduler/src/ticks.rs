//! The work of one minute.

use std::{future::Future, time::Duration};

use lambda::{deadline, meter::Meter};
use lambda_runtime::Context;
use service::{Class, Error, Service, Ticked};
use tokio::time::Instant;

/// What remains of an invocation when its work has to be done: a tick takes a second or two.
const MARGIN: Duration = Duration::from_secs(5);
/// The next minute has a tick of its own.
const AT_MOST: Duration = Duration::from_secs(50);
/// Between two ticks. What was dispatched stays due until a worker takes it up, and would be dispatched again.
const PAUSE: Duration = Duration::from_secs(5);

/// Hands over what is due until nothing more is, or the minute is over.
///
/// # Errors
/// The store does not say what is due. The invocation fails then, so that it is seen; the next minute tries again.
pub(crate) async fn tick(service: &Service, meter: &Meter, context: &Context) -> Result<(), Error> {
    let measured = meter.begin();
    let until = deadline::of(context, MARGIN, AT_MOST);
    let result = until_nothing_is_due(until, PAUSE, || service.tick()).await;
    measured.end(&[("requestId", context.request_id.clone())]);
    result
}

async fn until_nothing_is_due<T>(until: Instant, pause: Duration, tick: impl Fn() -> T) -> Result<(), Error>
where
    T: Future<Output = Result<Ticked, Error>>,
{
    loop {
        let more = match tick().await {
            Ok(ticked) => {
                if ticked != (Ticked { all: true, ..Ticked::default() }) {
                    tracing::info!(
                        ticked.dispatched,
                        ticked.swept,
                        ticked.fired,
                        ticked.checked,
                        ticked.removed,
                        ticked.left,
                        ticked.all,
                        "moved what is due"
                    );
                }
                !ticked.all || ticked.left > 0
            }
            Err(error) => match error.class() {
                Class::Transient | Class::Contention if Instant::now() + pause < until => {
                    tracing::warn!(%error, "the store does not say what is due, and is asked again");
                    true
                }
                Class::Transient | Class::Contention | Class::Bug | Class::Caller => return Err(error),
            },
        };
        if !more || Instant::now() + pause >= until {
            return Ok(());
        }
        tokio::time::sleep(pause).await;
    }
}

#[cfg(test)]
mod tests;
