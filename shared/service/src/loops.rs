//! What moves executions without a request in a process that stays: the messages to it, and the clock.

use std::{sync::Arc, time::Duration};

use ports::queue::Dispatch;
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

use crate::Service;

/// How often the clock looks for what is due.
const TICK: Duration = Duration::from_millis(250);

impl Service {
    /// Works on what is dispatched to this process and on what is due. Dropping the set stops both.
    pub fn spawn_loops(&self, dispatches: mpsc::Receiver<Dispatch>) -> JoinSet<()> {
        let mut loops = JoinSet::new();
        loops.spawn(receive(self.clone(), dispatches));
        loops.spawn(tick(self.clone()));
        loops
    }
}

/// Works on what is dispatched, as many side by side as may be carried.
async fn receive(service: Service, mut dispatches: mpsc::Receiver<Dispatch>) {
    let hands = Arc::new(Semaphore::new(service.settings().carried_max));
    while let Some(dispatch) = dispatches.recv().await {
        let Ok(hand) = Arc::clone(&hands).acquire_owned().await else { return };
        let service = service.clone();
        tokio::spawn(async move {
            let _hand = hand;
            if let Err(error) = service.work(&dispatch.tenant, dispatch.execution).await {
                tracing::warn!(execution = %dispatch.execution, %error, "left to the clock");
            }
        });
    }
}

/// Works on what is due. What a message has moved already is not due any more.
async fn tick(service: Service) {
    loop {
        if let Err(error) = service.tick().await {
            tracing::warn!(%error, "the store does not say what is due");
        }
        tokio::time::sleep(TICK).await;
    }
}
