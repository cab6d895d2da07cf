//! One batch of changes, each of them reacted to; the stream goes on after the first that could not be.

use std::{convert::Infallible, future::Future, time::Duration};

use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use futures_util::{StreamExt as _, stream};
use lambda::{deadline, meter::Meter, metric::Metric};
use lambda_runtime::Context;
use ports::store::Change;
use service::{Class, Service};
use tokio::time::{Instant, timeout_at};

/// Changes that are reacted to side by side. A reaction to one is repeated without harm, so their order is free.
const TOGETHER: usize = 8;
/// What remains of an invocation when its work has to be done.
const MARGIN: Duration = Duration::from_secs(2);
/// How long a batch is worked on at most.
const AT_MOST: Duration = Duration::from_mins(14);

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// Nobody can do anything with it. The stream must not wait for it.
    Poisoned,
    /// To be delivered again, with all that follow it.
    Failed,
}

/// Reacts to the changes of a batch, and says from which on they are to be delivered again.
///
/// # Errors
/// None: a failure is one of a record.
pub(crate) async fn react(
    service: &Service,
    meter: &Meter,
    event: Event,
    context: &Context,
) -> Result<DynamoDbEventResponse, Infallible> {
    let measured = meter.begin();
    let until = deadline::of(context, MARGIN, AT_MOST);
    let outcomes = in_order(event.records, |change| reaction(service, change, until)).await;
    let count = |wanted| outcomes.iter().filter(|(_, outcome)| *outcome == wanted).count();
    meter.tally().add(Metric::RecordsPoisoned, u64::try_from(count(Outcome::Poisoned)).unwrap_or(u64::MAX));
    meter.tally().add(Metric::RecordsFailed, u64::try_from(count(Outcome::Failed)).unwrap_or(u64::MAX));
    let records = outcomes.len().to_string();
    measured.end(&[("requestId", context.request_id.clone()), ("records", records)]);
    Ok(again(&outcomes))
}

/// The sequence number and the outcome of each record, in the order of the stream.
async fn in_order<W>(records: Vec<EventRecord>, work: impl Fn(Change) -> W) -> Vec<(Option<String>, Outcome)>
where
    W: Future<Output = Outcome>,
{
    let works = records.into_iter().map(|record| {
        let number = record.change.sequence_number.clone();
        let work = match aws::store::feed::change(record) {
            Ok(change) => Some(work(change)),
            Err(error) => {
                tracing::error!(number, %error, "a change cannot be read and is passed over");
                None
            }
        };
        async move {
            match work {
                Some(work) => (number, work.await),
                None => (number, Outcome::Poisoned),
            }
        }
    });
    stream::iter(works).buffered(TOGETHER).collect().await
}

/// The stream is taken up again at the first record that failed.
fn again(outcomes: &[(Option<String>, Outcome)]) -> DynamoDbEventResponse {
    let first = outcomes.iter().find(|(_, outcome)| *outcome == Outcome::Failed);
    let mut response = DynamoDbEventResponse::default();
    response.batch_item_failures.extend(first.map(|(number, _)| {
        let mut failure = DynamoDbBatchItemFailure::default();
        // One without a number cannot be named, which fails the whole batch.
        failure.item_identifier.clone_from(number);
        failure
    }));
    response
}

async fn reaction(service: &Service, change: Change, until: Instant) -> Outcome {
    let key = change.key.to_string();
    let Ok(reacted) = timeout_at(until, service.react(&change)).await else {
        tracing::warn!(key, "no time is left");
        return Outcome::Failed;
    };
    let Err(error) = reacted else {
        return Outcome::Done;
    };
    match error.class() {
        Class::Transient | Class::Contention => {
            tracing::warn!(key, %error, "to be delivered again");
            Outcome::Failed
        }
        Class::Bug | Class::Caller => {
            tracing::error!(key, %error, "a change calls for what cannot be done, and is passed over");
            Outcome::Poisoned
        }
    }
}

#[cfg(test)]
mod tests;
