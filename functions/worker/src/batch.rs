//! One batch of messages: each is worked on beside the others, and fails alone.

use std::{collections::HashMap, convert::Infallible, future::Future, time::Duration};

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use lambda::{deadline, meter::Meter, metric::Metric};
use lambda_runtime::Context;
use ports::queue::Dispatch;
use service::{Class, Service};
use tokio::{task::JoinSet, time::Instant};
use tracing::Instrument as _;

/// What remains of an invocation when its work has to be done: for the answer, and for a clock that is off.
const MARGIN: Duration = Duration::from_secs(5);
/// How long a batch is worked on at most: what a function has, 15 minutes, without the margin. It is longer than an
/// attempt may be, so that several fit, and the longest ends by its own timeout and is not begun again.
const AT_MOST: Duration = Duration::from_mins(15).saturating_sub(MARGIN);

/// Works on every message of a batch, and says which are to be delivered again.
///
/// # Errors
/// None: a failure is one of a message.
pub(crate) async fn work(
    service: &Service,
    meter: &Meter,
    event: SqsEvent,
    context: &Context,
) -> Result<SqsBatchResponse, Infallible> {
    let measured = meter.begin();
    let until = deadline::of(context, MARGIN, AT_MOST);
    let age = event.records.iter().filter_map(|message| age_millis(message, service.now().as_millis())).max();
    meter.tally().add(Metric::QueueAge, age.unwrap_or(0));
    let records = event.records.len().to_string();
    let batch = decode(event.records);
    meter.tally().add(Metric::RecordsPoisoned, u64::try_from(batch.poisoned.len()).unwrap_or(u64::MAX));
    let mut failed = batch.poisoned;
    failed.extend(side_by_side(batch.readable, |dispatch| carry_on(service.clone(), dispatch, until)).await);
    meter.tally().add(Metric::RecordsFailed, u64::try_from(failed.len()).unwrap_or(u64::MAX));
    measured.end(&[("requestId", context.request_id.clone()), ("records", records)]);
    let mut response = SqsBatchResponse::default();
    response.set_failures(failed);
    Ok(response)
}

/// Messages with what they say, and the ids of those that say nothing.
#[derive(Debug, Default)]
struct Batch {
    readable: Vec<(String, Dispatch)>,
    poisoned: Vec<String>,
}

/// A message without an id cannot be told from the others: SQS sends none, and reporting it fails the whole batch.
fn decode(messages: Vec<SqsMessage>) -> Batch {
    let mut batch = Batch::default();
    for message in messages {
        let id = message.message_id.unwrap_or_default();
        match aws::queue::Message::decode(message.body.as_deref().unwrap_or_default()) {
            Ok(aws::queue::Message(dispatch)) => batch.readable.push((id, dispatch)),
            Err(error) => {
                tracing::error!(message_id = id, %error, "a message cannot be read");
                batch.poisoned.push(id);
            }
        }
    }
    batch
}

/// Does the work of every message, and gives the ids of those whose work failed or panicked.
async fn side_by_side<W>(messages: Vec<(String, Dispatch)>, work: impl Fn(Dispatch) -> W) -> Vec<String>
where
    W: Future<Output = bool> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    let mut ids = HashMap::new();
    for (id, dispatch) in messages {
        let task = tasks.spawn(work(dispatch).in_current_span());
        ids.insert(task.id(), id);
    }
    let mut failed = Vec::new();
    while let Some(joined) = tasks.join_next_with_id().await {
        let (task, done) = match joined {
            Ok((task, done)) => (task, done),
            Err(error) => {
                tracing::error!(%error, "the work on a message panicked");
                (error.id(), false)
            }
        };
        if !done {
            failed.extend(ids.remove(&task));
        }
    }
    failed
}

/// Carries an execution on. Whether the message is done with.
async fn carry_on(service: Service, dispatch: Dispatch, until: Instant) -> bool {
    let Dispatch { tenant, execution, group: _ } = dispatch;
    let Err(error) = service.work_until(&tenant, execution, until).await else {
        return true;
    };
    match error.class() {
        // Somebody else has it.
        Class::Contention => {
            tracing::debug!(%execution, %error, "left to another");
            true
        }
        Class::Transient => {
            tracing::warn!(%execution, %error, "to be delivered again");
            false
        }
        Class::Bug | Class::Caller => {
            tracing::error!(%execution, %error, "to be delivered again, and then looked at");
            false
        }
    }
}

/// How long a message has waited, if it says when it was sent.
fn age_millis(message: &SqsMessage, now: i64) -> Option<u64> {
    let sent: i64 = message.attributes.get("SentTimestamp")?.parse().ok()?;
    Some(u64::try_from(now.saturating_sub(sent)).unwrap_or(0))
}

#[cfg(test)]
mod tests;
