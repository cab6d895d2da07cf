//! The word that an attempt has to stop.

use engine::execution::{AttemptOutcome, Ending};
use serde_json::Map;
use tokio::sync::watch;

/// Kill or timeout; who asked is the carrier's business.
#[derive(Debug, Clone)]
pub(crate) struct Stop(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new(receiver: watch::Receiver<bool>) -> Self {
        Self(receiver)
    }

    /// Comes back when the attempt has to stop, at once when it already has to. Never, when nobody is left to ask.
    pub(crate) async fn asked(&mut self) {
        if self.0.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Does the work.
    ///
    /// # Errors
    /// When the attempt has to stop first.
    pub(crate) async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Cut> {
        tokio::select! {
            biased;
            () = self.asked() => Err(Cut::Stopped),
            done = work => Ok(done),
        }
    }
}

/// Why an attempt ends before its time.
#[derive(Debug)]
pub(crate) enum Cut {
    Failed(String),
    Stopped,
}

impl Cut {
    /// Without outputs.
    pub(crate) fn outcome(self) -> AttemptOutcome {
        let ending = match self {
            Self::Failed(message) => Ending::Failed { message },
            Self::Stopped => Ending::Killed,
        };
        AttemptOutcome::new(ending, Map::new())
    }
}

impl From<String> for Cut {
    fn from(problem: String) -> Self {
        Self::Failed(problem)
    }
}
