//! Handing an execution over to another carrier before the shift ends.

use std::time::Duration;

use engine::{execution::Ending, machine};

use crate::{
    Error, Service,
    attempt::Running,
    hold::{Held, impossible},
    start::HAND_OVER,
};

/// How long attempts that were told to stop may take to do so.
const STOPPED_WITHIN: Duration = Duration::from_secs(1);

impl Service {
    /// Stops what runs. What ends by itself meanwhile counts; the rest is lost, and run again by whoever takes over.
    pub(crate) async fn interrupt(&self, held: &mut Held, running: &mut Running) -> Result<(), Error> {
        running.kill();
        let stopped = tokio::time::sleep(STOPPED_WITHIN);
        tokio::pin!(stopped);
        while running.has_attempts() {
            tokio::select! {
                biased;
                finished = running.finished() => match finished.outcome.ending {
                    Ending::Killed => {}
                    Ending::Success | Ending::Warning | Ending::Failed { .. } => self.finish(held, finished)?,
                },
                () = &mut stopped => break,
            }
        }
        running.end().await;
        self.lose_attempts(held)
    }

    /// Marks every attempt that is still written down as running as lost.
    pub(crate) fn lose_attempts(&self, held: &mut Held) -> Result<(), Error> {
        for event in machine::vanished(&held.record.execution, &|_| false) {
            machine::apply(held.flow.sound()?, &mut held.record.execution, event, self.now())
                .map_err(impossible)?;
        }
        Ok(())
    }

    /// Lets go, and has somebody else carry on.
    pub(crate) async fn hand_over(&self, held: &mut Held) -> Result<(), Error> {
        held.record.lease = None;
        held.record.handed_over_until = Some(self.now().plus(HAND_OVER));
        self.commit(held).await?;
        let execution = &held.record.execution;
        if let Err(refused) = self.dispatch(&execution.tenant, execution.id).await {
            tracing::debug!(%refused, execution = %execution.id, "the tick will find it");
        }
        Ok(())
    }
}
