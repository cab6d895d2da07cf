//! The word that an attempt has to stop.

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
}
