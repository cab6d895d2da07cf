//! Hand-overs within the process.
//!
//! Nothing here is durable, nor has to be: what a lost message would have moved becomes due in the store.

use ports::{
    Answer,
    queue::{Dispatch, Refused},
};
use tokio::sync::mpsc::{self, error::TrySendError};

/// Messages that may wait. With about 100 bytes each, a full queue holds 1 MB.
pub const DISPATCHES_MAX: usize = 10_000;

/// The sending half.
#[derive(Debug, Clone)]
pub struct Queue {
    sender: mpsc::Sender<Dispatch>,
}

/// The receiving half: gives `None` once every sending half is gone.
pub type Receiver = mpsc::Receiver<Dispatch>;

impl Queue {
    /// Both halves of a queue in which at most [`DISPATCHES_MAX`] messages wait.
    pub fn new() -> (Self, Receiver) {
        Self::with_room_for(DISPATCHES_MAX)
    }

    /// Both halves of a queue in which at most so many messages wait, at least 1.
    pub fn with_room_for(dispatches: usize) -> (Self, Receiver) {
        let (sender, receiver) = mpsc::channel(dispatches.max(1));
        (Self { sender }, receiver)
    }
}

impl ports::queue::Queue for Queue {
    /// Never waits: a full queue refuses.
    fn send(&self, dispatch: Dispatch) -> Answer<'_, Result<(), Refused>> {
        let sent = self.sender.try_send(dispatch).map_err(|error| {
            Refused(match error {
                TrySendError::Full(_) => format!("{} messages wait already", self.sender.max_capacity()),
                TrySendError::Closed(_) => "nobody receives any more".to_owned(),
            })
        });
        Box::pin(std::future::ready(sent))
    }
}
