//! What a start is told beside its input: by headers, by the query, or by either.

use std::time::Duration;

use axum::http::HeaderMap;
use service::{
    Service,
    conductor::{OnConflict, Until},
};

use super::error::Refusal;
use crate::{error::Error, params::Params};

/// How long a call waits that does not say.
const WAIT_SECONDS: u64 = 10;
/// Tasks that one call waits for.
const AWAITED_MAX: usize = 100;
/// Bytes of a request id. A longer one is refused.
const REQUEST_ID_BYTES_MAX: usize = 1_024;

/// Where a knob is looked for, the first one that has it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Order {
    /// The headers, then the query.
    HeadersFirst,
    QueryFirst,
}

/// The knobs of a request.
#[derive(Debug)]
pub(crate) struct Knobs<'r> {
    pub(crate) headers: &'r HeaderMap,
    pub(crate) query: &'r Params,
    pub(crate) order: Order,
}

/// What `returnStrategy` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum ReturnStrategy {
    #[default]
    TargetWorkflow,
    BlockingWorkflow,
    BlockingTask,
    BlockingTaskInput,
}

impl ReturnStrategy {
    const ALL: [Self; 4] =
        [Self::TargetWorkflow, Self::BlockingWorkflow, Self::BlockingTask, Self::BlockingTaskInput];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::TargetWorkflow => "TARGET_WORKFLOW",
            Self::BlockingWorkflow => "BLOCKING_WORKFLOW",
            Self::BlockingTask => "BLOCKING_TASK",
            Self::BlockingTaskInput => "BLOCKING_TASK_INPUT",
        }
    }
}

/// What a client left out may be written as its language writes nothing.
pub(crate) fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !matches!(*text, "" | "None" | "null" | "undefined"))
}

impl Knobs<'_> {
    /// A knob of that name. Names of headers are compared without case, those of the query exactly.
    ///
    /// # Errors
    /// A header that is no visible ASCII.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let header = match self.headers.get(name).map(|value| value.to_str()) {
            None => None,
            Some(Ok(text)) => given(text),
            Some(Err(_)) => {
                return Err(Refusal::bad_request(format!("the header {name} has to be visible ASCII")));
            }
        };
        let query = self.query.all(name).find_map(given);
        let found = match self.order {
            Order::HeadersFirst => header.or(query),
            Order::QueryFirst => query.or(header),
        };
        Ok(found.map(str::to_owned))
    }

    fn whole(&self, name: &str) -> Result<Option<i64>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            Refusal::bad_request(format!("{name} has to be a whole number, but is '{}'", shown(&text)))
        })
    }

    /// None for the newest.
    ///
    /// # Errors
    /// What is no number.
    pub(crate) fn version(&self) -> Result<Option<i64>, Error> {
        self.whole("version")
    }

    /// # Errors
    /// What is no number.
    pub(crate) fn priority(&self) -> Result<Option<i64>, Error> {
        self.whole("priority")
    }

    /// As it was sent, or a new one of the service's.
    ///
    /// # Errors
    /// One that is too long.
    pub(crate) fn request_id(&self, service: &Service) -> Result<String, Error> {
        match self.text("requestId")? {
            Some(id) if id.len() > REQUEST_ID_BYTES_MAX => Err(Refusal::bad_request(format!(
                "a requestId has at most {REQUEST_ID_BYTES_MAX} bytes, this one has {}",
                id.len()
            ))),
            Some(id) => Ok(id),
            None => Ok(service.new_request_id()),
        }
    }

    /// What is waited for; at most `limit` long, whatever is asked.
    ///
    /// # Errors
    /// What is no number of seconds, and too many tasks.
    pub(crate) fn until(&self, limit: Duration) -> Result<Until, Error> {
        let seconds = match self.whole("waitForSeconds")? {
            None | Some(0) => WAIT_SECONDS,
            Some(seconds) => u64::try_from(seconds).map_err(|_| {
                Refusal::bad_request(format!("waitForSeconds has to be 0 or more, but is {seconds}"))
            })?,
        };
        let text = self.text("waitUntilTaskRef")?.unwrap_or_default();
        let tasks: Vec<String> = text.split(',').filter_map(given).map(str::to_owned).collect();
        if tasks.len() > AWAITED_MAX {
            return Err(Refusal::bad_request(format!(
                "waitUntilTaskRef names {} tasks; at most {AWAITED_MAX} are waited for",
                tasks.len()
            )));
        }
        Ok(Until { tasks, at_most: Duration::from_secs(seconds).min(limit) })
    }

    /// # Errors
    /// A strategy that there is not.
    pub(crate) fn return_strategy(&self) -> Result<ReturnStrategy, Error> {
        let Some(text) = self.text("returnStrategy")? else { return Ok(ReturnStrategy::default()) };
        ReturnStrategy::ALL
            .into_iter()
            .find(|it| it.name() == text)
            .ok_or_else(|| none_of("returnStrategy", &text, ReturnStrategy::ALL.map(ReturnStrategy::name)))
    }

    /// The key, and what is done when it is known.
    ///
    /// # Errors
    /// A strategy that there is not.
    pub(crate) fn idempotency(&self) -> Result<(Option<String>, OnConflict), Error> {
        let strategy = self.text("X-on-conflict")?;
        Ok((self.text("X-Idempotency-key")?, on_conflict("X-on-conflict", strategy.as_deref())?))
    }
}

/// FAIL when nothing is said.
///
/// # Errors
/// A strategy that there is not.
pub(crate) fn on_conflict(name: &str, text: Option<&str>) -> Result<OnConflict, Error> {
    let Some(text) = text else { return Ok(OnConflict::default()) };
    OnConflict::from_name(text).ok_or_else(|| none_of(name, text, OnConflict::ALL.map(OnConflict::name)))
}

fn none_of<const N: usize>(name: &str, text: &str, all: [&str; N]) -> Error {
    Refusal::bad_request(format!("{name} has to be one of {}, but is '{}'", all.join(", "), shown(text)))
}

/// The beginning of what was sent.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_10_seconds_unless_said_otherwise_and_never_more_than_the_limit() {
        let seconds = |query: &str, limit: u64| {
            let uri = format!("/x?{query}").parse().unwrap();
            let query = Params::of(&uri);
            let knobs = Knobs { headers: &HeaderMap::new(), query: &query, order: Order::QueryFirst };
            knobs.until(Duration::from_secs(limit)).unwrap().at_most.as_secs()
        };
        for query in ["", "waitForSeconds=0", "waitForSeconds=None", "waitForSeconds=null", "waitForSeconds="]
        {
            assert_eq!(seconds(query, 60), 10, "{query}");
        }
        assert_eq!((seconds("waitForSeconds=20", 60), seconds("waitForSeconds=20", 15)), (20, 15));
    }
}
