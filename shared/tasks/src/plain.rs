//! Attempts that start no process: what they ask of the engine and of files can be dropped at any moment.

use std::future::Future;

use engine::execution::{AttemptOutcome, Ending, Metric};
use serde_json::{Map, Value as Json};
use tokio::sync::watch;

use crate::stop::Stop;

/// What came of a task, or why it failed.
pub(crate) type Done = Result<Made, String>;

/// What a task that did not fail leaves.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Made {
    pub(crate) outputs: Map<String, Json>,
    pub(crate) metrics: Vec<Metric>,
    /// Whether not all is well.
    pub(crate) warns: bool,
}

impl Made {
    /// An output more.
    pub(crate) fn put(&mut self, name: &str, value: Json) {
        self.outputs.insert(name.to_owned(), value);
    }

    /// With what it measured.
    pub(crate) fn measured(self, metrics: impl IntoIterator<Item = Metric>) -> Self {
        Self { metrics: metrics.into_iter().collect(), ..self }
    }
}

impl From<Made> for AttemptOutcome {
    fn from(Made { outputs, metrics, warns }: Made) -> Self {
        let ending = if warns { Ending::Warning } else { Ending::Success };
        Self { metrics, ..Self::new(ending, outputs) }
    }
}

/// Does the work, unless the attempt has to stop first.
pub(crate) async fn run(
    stop: watch::Receiver<bool>,
    work: impl Future<Output = Done> + Send,
) -> AttemptOutcome {
    let mut stop = Stop::new(stop);
    tokio::select! {
        biased;
        () = stop.asked() => AttemptOutcome::new(Ending::Killed, Map::new()),
        done = work => match done {
            Ok(made) => made.into(),
            Err(message) => AttemptOutcome::failed(message),
        },
    }
}

/// Outputs by their names.
pub(crate) fn outputs<const N: usize>(outputs: [(&str, Json); N]) -> Made {
    let outputs = outputs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Made { outputs, ..Made::default() }
}

/// An error of a port as the message of a failure.
#[allow(clippy::needless_pass_by_value, reason = "the form `map_err` wants")]
pub(crate) fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
